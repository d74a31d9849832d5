import type { Comparison, Curve, CurveAxis } from '#schemas/domain/comparison.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import type { Run, RunDetails, RunRef, RunStatus } from '#schemas/domain/run.ts';

/** Runs as a team would have them, the same for the same numbers. */
export interface MadeRun {
  readonly index: number;
  readonly run: Run;
}

const start = Date.UTC(2026, 2, 14, 9, 30);
const adjectives = ['bold', 'calm', 'eager', 'fuzzy', 'gentle', 'lucky', 'noble', 'quick', 'silent', 'wise'];
const animals = ['crow', 'dolphin', 'fox', 'hare', 'lynx', 'mole', 'otter', 'raven', 'stoat', 'wren'];

/** A number from 0 to 1 that looks like chance and is not. */
export function chance(seed: number): number {
  let state = (seed + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

function statusOf(index: number): RunStatus {
  if (index === 0) return 'RUNNING';
  if (index % 17 === 5) return 'FAILED';
  return index % 29 === 11 ? 'KILLED' : 'FINISHED';
}

export function makeRuns(count: number, extraMetrics = 0): MadeRun[] {
  return Array.from({ length: count }, (_, index) => {
    const roll = (salt: number) => chance(index * 131 + salt);
    const startTime = start - index * 1_260_000 - Math.floor(roll(1) * 600_000);
    const endTime = index === 0 ? null : startTime + 40_000 + Math.floor(roll(2) * 5_400_000);
    const failed = statusOf(index) === 'FAILED';
    const depth = [3, 5, 7, 9][Math.floor(roll(3) * 4)] ?? 3;
    const rate = [0.3, 0.1, 0.03, 0.01, 0.003][Math.floor(roll(4) * 5)] ?? 0.1;
    const auc = 0.71 + depth * 0.014 + roll(5) * 0.08 - (rate === 0.3 ? 0.04 : 0);
    const value = (number: number) => ({ value: toJsonNumber(number), step: 199, timestamp: startTime + 30_000 });
    const metrics = {
      'train/loss': value(failed ? Number.NaN : 0.21 + roll(6) * 0.2),
      'val/auc': value(auc),
      'val/loss': value(0.3 + roll(7) * 0.25),
      ...(failed ? {} : { test_auc: value(auc - 0.01 - roll(8) * 0.02), test_accuracy: value(0.78 + roll(9) * 0.14) }),
      'system/gpu_memory_mb': value(2_000 + roll(10) * 14_000),
      ...Object.fromEntries(
        Array.from({ length: extraMetrics }, (_, extra) => [`class_${extra}/f1`, value(roll(1_000 + extra))]),
      ),
    };
    const name = `${adjectives[Math.floor(roll(11) * 10)]}-${animals[Math.floor(roll(12) * 10)]}-${index}`;
    return {
      index,
      run: {
        id: `${index.toString(16).padStart(8, '0')}4e0f4c6f9b2a7d1c3e5f7a9b`,
        name,
        experimentId: '1',
        experiment: 'churn',
        status: statusOf(index),
        startTime,
        endTime,
        lifecycleStage: 'active',
        params: {
          model: ['gradient_boosting', 'random_forest', 'logistic_regression'][Math.floor(roll(13) * 3)] ?? '',
          max_depth: String(depth),
          learning_rate: String(rate),
          n_estimators: String(100 + Math.floor(roll(14) * 9) * 50),
          seed: '42',
          features: 'tenure, plan, monthly_charges, support_calls, contract_length, payment_method, region',
          prompt: 'You are a careful analyst.\nAnswer with one word:\nstay or leave.',
        },
        metrics,
        tags: {
          'mlflow.user': index % 3 ? 'ana' : 'ben',
          'mlflow.source.name': 'train.py',
          'mlflow.source.git.commit': 'f3c1b7a29d5e4f60718293a4b5c6d7e8f9012345',
          stage: index % 5 ? 'explore' : 'candidate',
        },
      },
    };
  });
}

export function refOf({ run }: MadeRun): RunRef {
  return { tracker: 'local', runId: run.id };
}

/** Keys of `values`, each once, in order. */
function keysOf(values: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(values.flatMap((value) => Object.keys(value)))].sort();
}

export function compareMade(runs: readonly MadeRun[]): Comparison {
  const textRows = (pick: (run: Run) => Record<string, string>) =>
    keysOf(runs.map(({ run }) => pick(run))).map((key) => {
      const values = runs.map(({ run }) => pick(run)[key] ?? null);
      return { key, values, differs: new Set(values).size > 1 };
    });
  return {
    runs: runs.map((made) => ({ ref: refOf(made), run: { ...made.run, params: {}, metrics: {}, tags: {} } })),
    params: textRows(({ params }) => params),
    metrics: keysOf(runs.map(({ run }) => run.metrics)).map((key) => {
      const values = runs.map(({ run }) => run.metrics[key]?.value ?? null);
      return { key, values, differs: new Set(values).size > 1 };
    }),
    tags: textRows(({ tags }) => tags),
  };
}

interface CurveQuery {
  readonly key: string;
  readonly axis: CurveAxis;
  readonly from: number | null;
  readonly to: number | null;
  readonly maxPoints: number;
  /** Points that the store has. */
  readonly logged: number;
}

/** A metric of a run as it was logged, thinned to every n-th point. */
export function makeCurve(made: MadeRun, { key, axis, from, to, maxPoints, logged }: CurveQuery): Curve {
  const once = key.startsWith('test_') || key.startsWith('class_');
  const count = once ? 1 : made.run.status === 'FAILED' ? Math.ceil(logged * 0.4) : logged;
  const began = made.run.startTime ?? start;
  const xOf = (step: number) => (axis === 'step' ? step : axis === 'time' ? began + step * 250 : step * 250);
  const steps = Array.from({ length: count }, (_, step) => step).filter((step) => {
    const x = xOf(step);
    return (from === null || x >= from) && (to === null || x <= to);
  });
  const every = Math.max(1, Math.ceil(steps.length / maxPoints));
  const kept = steps.filter((_, position) => position % every === 0);
  return {
    ref: refOf(made),
    key,
    x: kept.map(xOf),
    y: kept.map((step) => toJsonNumber(once ? finalOf(made, key) : valueAt(made, key, step / logged, step))),
    total: steps.length,
  };
}

function finalOf(made: MadeRun, key: string): number {
  const value = made.run.metrics[key]?.value;
  return typeof value === 'number' ? value : Number.NaN;
}

function valueAt(made: MadeRun, key: string, progress: number, step: number): number {
  const noise = (chance(made.index * 7_919 + step * 13 + key.length) - 0.5) * 0.05;
  const end = finalOf(made, key);
  if (key.startsWith('system/')) return end * (0.6 + 0.4 * Math.abs(Math.sin(step / 17 + made.index)));
  if (made.run.status === 'FAILED' && progress > 0.3) return Number.NaN;
  const goal = Number.isNaN(end) ? 0.4 : end;
  const speed = 4 + chance(made.index * 3 + 1) * 8;
  if (key.endsWith('loss')) return goal + (1.4 - goal) * Math.exp(-speed * progress) + noise;
  return goal - (goal - 0.5) * Math.exp(-speed * progress) + noise;
}

export function detailsOf({ run }: MadeRun): RunDetails {
  return {
    run,
    userId: 'ana',
    artifactUri: `mlflow-artifacts:/1/${run.id}/artifacts`,
    metrics: Object.entries(run.metrics).map(([key, last]) => ({
      key,
      last,
      min: last.value === 'NaN' ? null : toJsonNumber(Number(last.value) * 0.8),
      max: last.value === 'NaN' ? null : toJsonNumber(Number(last.value) * 1.1),
      count: key.startsWith('test_') || key.startsWith('class_') ? 1 : 200,
    })),
    datasets: [
      {
        name: 'churn-2026-02',
        digest: '9a4c21f7',
        sourceType: 'local',
        source: JSON.stringify({ uri: 'data/churn-2026-02.parquet' }),
        schema: JSON.stringify({
          mlflow_colspec: [
            { type: 'long', name: 'tenure', required: true },
            { type: 'string', name: 'plan', required: true },
            { type: 'double', name: 'monthly_charges', required: true },
            { type: 'boolean', name: 'churned', required: true },
          ],
        }),
        profile: JSON.stringify({ num_rows: 7043, num_elements: 28_172 }),
        context: 'training',
      },
    ],
    loggedModels: [
      {
        id: 'm-5d1e0f6c7b8a49c2',
        name: 'model',
        status: 'READY',
        modelType: 'sklearn',
        artifactUri: 'mlflow-artifacts:/1/models/m-5d1e0f6c7b8a49c2/artifacts',
        createdAt: run.startTime,
        params: { max_depth: run.params.max_depth ?? '' },
        metrics: [{ key: 'test_auc', value: 0.87, dataset: 'churn-2026-02' }],
        tags: {},
      },
    ],
    warnings: [],
  };
}
