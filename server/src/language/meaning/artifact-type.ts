import { number, type ObjectType, type Type, text } from '../expressions/types.ts';
import type { Artifact } from '../symbols/symbol.ts';

/** What an expression can ask of an artifact; of metrics also each of them by name. */
export function artifactType(title: string, artifact: Pick<Artifact, 'type'> | null): ObjectType {
  const parts: Readonly<Record<string, Type>> = { path: text, uri: text, digest: text, type: text };
  // What kind of thing it is may only be known later; then anything may be asked of it.
  const hasMetrics = artifact === null || artifact.type === null || artifact.type === 'metrics';
  return {
    kind: 'object',
    title,
    part: { noun: 'property', code: 'expression-name' },
    member: (name) => (Object.hasOwn(parts, name) ? (parts[name] ?? null) : hasMetrics ? number : null),
    names: () => Object.keys(parts),
  };
}
