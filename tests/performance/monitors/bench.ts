import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { walk } from '#server/language/find-files.ts';
import { FolderMonitors } from '#server/monitoring/folder-monitors.ts';
import { FoundMonitors } from '#server/monitoring/found-monitors.ts';
import { MonitorHistory } from '#server/monitoring/monitor-history.ts';
import { CheckQueue } from '#server/monitoring/schedule/check-queue.ts';
import { Lease } from '#server/monitoring/schedule/lease.ts';
import type { BenchResult } from '../result.ts';

const MONITORS = 1_000;
const IDLE_MS = 60_000;

/** Opens 1,000 monitors with schedules, as the backend does, and then lets them wait. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-bench-monitors-'));
  for (let number = 0; number < MONITORS; number += 1) {
    await writeFile(join(folder, `m${number}.mlops.yaml`), document(number));
  }
  const history = new MonitorHistory(folder);
  const lease = new Lease(folder, 'monitor-schedules');
  const started = performance.now();
  const monitors = new FolderMonitors({
    ...{ folder, history, lease, historyFile: join(folder, '.mlops', 'state.db'), queue: new CheckQueue(2) },
    found: new FoundMonitors(folder, (signal) => walk(folder, signal)),
    check: () => Promise.reject(new Error('Nothing is due.')),
    onChange: () => undefined,
    onWarning: (message) => console.error(message),
  });
  try {
    const { monitors: listed } = await monitors.list();
    const startUp = performance.now() - started;
    if (listed.filter(({ nextRun }) => nextRun !== null).length !== MONITORS) throw new Error('Some have no next run.');
    await delay(1_000);
    const before = process.cpuUsage();
    await delay(IDLE_MS);
    const { user, system } = process.cpuUsage(before);
    const title = `${MONITORS.toLocaleString('en')} monitors scheduled`;
    return [
      { figure: `${title}: start-up`, unit: 'ms', ours: startUp, peer: null, target: { atMost: 1_000 } },
      {
        // A minute has 60,000 ms: a hundredth of them is 1 %.
        figure: `${title}: CPU time of an idle minute`,
        ...{ unit: 'ms', ours: (user + system) / 1_000, peer: null, target: { atMost: IDLE_MS / 100 } },
      },
    ];
  } finally {
    monitors.dispose();
    lease.close();
    history.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Once a year, so that none is due while they wait. */
function document(number: number): string {
  return `apiVersion: mlops/v1
kind: Monitor
metadata: {name: monitor-${number}}
model: churn@champion
schedule: "${number % 60} ${number % 24} 1 1 *"
drift:
  reference: train.parquet
  current: live/*.parquet
  columns: {age: {method: psi, threshold: 0.2}, plan: {method: chisquare}}
metrics:
  - {name: latency-p99, query: latency, maximum: 0.3, for: 10m}
alerts:
  - {when: drift.share >= 0.3, channel: team, severity: warning}
`;
}
