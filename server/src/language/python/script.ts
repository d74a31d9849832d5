import type { Names } from './functions.ts';
import type { SyntaxNode } from './tree.ts';

/** A module as the readers of command lines see it. */
export interface Script {
  readonly root: SyntaxNode;
  readonly text: string;
  readonly imports: ReadonlyMap<string, string>;
  readonly names: Names;
}

/** Whether a script starts with what the user wrote: `main()` stands in it once, and hands nothing on. */
export function isStarted(root: SyntaxNode, text: string, name: string): boolean {
  let count = 0;
  root.cursor().iterate(({ node }) => {
    if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition') return false;
    if (node.name !== 'CallExpression') return undefined;
    if (text.slice(node.from, node.to).replace(/\s/g, '') === `${name}()`) count++;
    return undefined;
  });
  return count === 1;
}
