import type { UnitReader, View } from '../../symbols/view.ts';
import type { Node } from '../../syntax/ast.ts';

/** A value that can't be written down elsewhere as it is: it has an alias, a merge, or a part that can't be read. */
export class NotPlain extends Error {}

/** The value at a view as plain data; throws {@link NotPlain}. */
export function plainValue(reader: UnitReader, view: View): unknown {
  if (!view.container) return plainNode(view.node);
  if (view.container.type === 'seq') return reader.items(view).map((item) => plainValue(reader, item));
  return Object.fromEntries(reader.entries(view).map(({ name, value }) => [checked(name), plainValue(reader, value)]));
}

function plainNode(node: Node | null): unknown {
  if (node === null) return null;
  if (node.type === 'alias') throw new NotPlain();
  if (node.type === 'scalar') return node.value;
  if (node.type === 'seq') return node.items.map(plainNode);
  return Object.fromEntries(
    node.items.map(({ key, value }) => [checked(key.type === 'scalar' ? String(key.value) : '<<'), plainNode(value)]),
  );
}

function checked(name: string): string {
  if (name === '<<') throw new NotPlain();
  return name;
}
