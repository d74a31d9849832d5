import { WorkspaceIndex } from '#server/language/symbols/workspace-index.ts';
import { parseSource } from '#server/language/syntax/source.ts';

export const pipeline = 'apiVersion: mlops/v1\nkind: Pipeline\nmetadata: {name: train}\n';
export const workspace = 'apiVersion: mlops/v1\nkind: Workspace\nmetadata: {name: churn}\n';
export const deployment =
  'apiVersion: mlops/v1\nkind: Deployment\nmetadata: {name: churn}\nserving: {image: ghcr.io/example/churn:1.0.0}\n';
export const monitor = 'apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: drift}\n';
export const model = 'apiVersion: mlops/v1\nkind: Model\nmetadata: {name: churn}\n';

export interface Marked {
  readonly index: WorkspaceIndex;
  readonly uri: string;
  readonly text: string;
  readonly position: { readonly line: number; readonly character: number };
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Files of a workspace by their paths; a `‸` in one of them is the cursor. With a text alone it is `a.mlops.yaml`.
 * `|` is taken by YAML's block texts, so the caret stands for the cursor.
 */
export function marked(files: string | Readonly<Record<string, string>>): Marked {
  const index = new WorkspaceIndex();
  const texts = new Map<string, string>();
  let uri = '';
  let text = '';
  let position = { line: 0, character: 0 };
  for (const [path, content] of Object.entries(typeof files === 'string' ? { 'a.mlops.yaml': files } : files)) {
    const at = content.indexOf('‸');
    const plain = content.replace('‸', '');
    const fileUri = uriOf(path);
    texts.set(fileUri, plain);
    index.setOpen(fileUri, parseSource(plain));
    if (at < 0 && uri !== '') continue;
    uri = fileUri;
    text = plain;
    const before = content.slice(0, Math.max(at, 0)).split('\n');
    position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  }
  return { index, uri, text, position, texts };
}

export function uriOf(path: string): string {
  return `file:///ws/${path}`;
}
