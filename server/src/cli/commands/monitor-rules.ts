import { resolve } from 'node:path';
import { rulesText, toPrometheusRules } from '../../monitoring/dashboards/prometheus-rules.ts';
import { readMonitor } from '../../monitoring/monitor-documents.ts';
import { writeFileWhole } from '../../platform/write-file.ts';
import { exitCodes } from '../exit.ts';
import type { Invocation } from '../invocation.ts';
import { harmless } from '../output.ts';
import { withWorkspace } from '../tracking.ts';

export interface MonitorFlags {
  readonly file: string;
  readonly name: string | null;
  readonly output: string | null;
}

/** Writes Prometheus' rules of a Monitor document, and says what is not in them. */
export function writeRules(
  invocation: Invocation,
  { file, name, output: target, keepFiringFor }: MonitorFlags & { readonly keepFiringFor: boolean },
): Promise<number> {
  const { cwd, output, signal } = invocation;
  return withWorkspace(invocation, undefined, async ({ configuration }) => {
    const document = await readMonitor(resolve(cwd, file), name);
    const { runbookBase } = configuration.alerting;
    const { rules, leftOut } = toPrometheusRules(document, { runbookBase, keepFiringFor });
    const text = rulesText(rules);
    const path = target === null ? null : resolve(cwd, target);
    if (path !== null) await writeFileWhole(path, text, signal);
    if (output.json) await output.document({ written: path, rules, leftOut });
    else if (path === null) await output.raw(text);
    else await output.note(output.style('green', harmless(`✓ ${target} is written.`)));
    for (const { name: what, reason } of leftOut) {
      await output.note(output.style('yellow', harmless(`left out: ${what}: ${reason}`)));
    }
    return exitCodes.done;
  });
}
