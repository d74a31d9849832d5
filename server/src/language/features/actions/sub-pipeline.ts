import { stringify } from 'yaml';
import type { Unit } from '../../symbols/file-symbols.ts';
import type { Origin } from '../../symbols/resolve.ts';
import { documentValue, type Handed } from './handed.ts';
import { NotPlain } from './plain-value.ts';

/** What holds for every step of a pipeline goes along with a step that leaves it. */
const shared = ['seed', 'env', 'defaults'] as const;

/** The lines of the pipeline that a step moves into; its body's lines are indented for it already. */
export function subPipeline(
  origin: Origin,
  unit: Unit,
  { handed, body }: { readonly handed: Handed; readonly body: readonly string[] },
): string[] {
  const outputs = [...(unit.symbols.step?.outputs.keys() ?? [])];
  const head: Record<string, unknown> = {
    apiVersion: 'mlops/v1',
    kind: 'Pipeline',
    metadata: { name: documentName(`${origin.document.name ?? 'pipeline'}-${unit.name}`) },
  };
  if (handed.params.size > 0) head.params = Object.fromEntries(handed.params);
  if (handed.inputs.size > 0) head.inputs = Object.fromEntries(handed.inputs);
  if (outputs.length > 0)
    head.outputs = Object.fromEntries(outputs.map((name) => [name, `\${{ steps.${unit.name}.outputs.${name} }}`]));
  for (const key of shared) {
    const value = documentValue(origin, key);
    // Expressions could name what the new pipeline has not.
    if (value !== undefined && stringify(value).includes('${{')) throw new NotPlain();
    if (value !== undefined) head[key] = value;
  }
  const lines = stringify(head, { lineWidth: 0 }).trimEnd().split('\n');
  return [...lines, 'steps:', `  ${unit.name}:`, ...body, ''];
}

/** A name as documents may have it. */
export function documentName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'pipeline' : name;
}
