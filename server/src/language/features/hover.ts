import { describeKey } from '../schema/describe.ts';
import { type SchemaNode, schemaOf } from '../schema/schema-model.ts';
import { fittingMappings, schemasAt } from '../schema/schema-path.ts';
import type { Source } from '../syntax/source.ts';
import type { Position } from './cursor.ts';
import { type Located, locate, positionAt } from './locate.ts';

export interface Hover {
  /** Markdown. */
  readonly text: string;
  readonly start: Position;
  readonly end: Position;
}

/** What the key at a position means; for a value, what its key means. */
export function hover(source: Source, position: Position): Hover | null {
  const located = locate(source, position);
  return located?.kind ? hoverBySchema(source, located, schemaOf(located.kind)) : null;
}

/** What a schema says of the key at a place. */
export function hoverBySchema(source: Source, located: Located, root: SchemaNode): Hover | null {
  const mappings = fittingMappings(schemasAt(root, located.path), located.siblings);
  const found = describe(mappings, located.key);
  return found === null
    ? null
    : { text: found, start: positionAt(source, located.start), end: positionAt(source, located.end) };
}

function describe(mappings: readonly SchemaNode[], key: string): string | null {
  for (const mapping of mappings) {
    const node = mapping.properties.get(key);
    if (node) return describeKey(key, node, mapping.required.has(key));
  }
  const open = mappings.find((mapping) => mapping.additional?.description);
  return open?.additional ? describeKey(key, open.additional, false) : null;
}
