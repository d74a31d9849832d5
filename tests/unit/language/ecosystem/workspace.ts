import { EcosystemDocuments } from '#server/language/ecosystem/ecosystem-documents.ts';
import { otherFile } from '#server/language/ecosystem/other-files.ts';

/** Files by their paths; the first one with a `‸` is open and has the cursor there, else the first one is open. */
export function opened(files: Readonly<Record<string, string>>) {
  const all = Object.entries(files).map(([path, content]) => ({ uri: `file:///ws/${path}`, content }));
  const active = all.find(({ content }) => content.includes('‸')) ?? all[0];
  if (!active) throw new Error('There has to be a file.');
  const text = active.content.replace('‸', '');
  const before = active.content.slice(0, Math.max(0, active.content.indexOf('‸'))).split('\n');
  const documents = new EcosystemDocuments({
    exists: (uri) => all.some((each) => each.uri === uri),
    read: (uri) => {
      const found = all.find((each) => each.uri === uri);
      return found ? otherFile(uri, found.content) : null;
    },
  });
  documents.open(active.uri, 1, text);
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { documents, uri: active.uri, position, text };
}

/** What is found in the first file: the code and the text it stands at. Hints are left out. */
export function problems(files: Readonly<Record<string, string>>): string[] {
  const { documents, uri, text } = opened(files);
  const lines = text.split('\n');
  return documents
    .diagnostics(uri)
    .filter(({ severity }) => severity !== 'hint')
    .map(({ code, range }) => {
      const line = lines[range.startLine] ?? '';
      const end = range.endLine === range.startLine ? range.endCharacter : line.length;
      return `${code} ${line.slice(range.startCharacter, end)}`;
    });
}

export const workflow = (spec: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: a-}\nspec:\n${spec.replace(/^/gm, '  ')}`;
