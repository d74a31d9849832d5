import { commands, type Location, Position, Uri } from 'vscode';
import { z } from 'zod';

const target = z.tuple([z.string(), z.object({ line: z.number(), character: z.number() })]);

/** What a lens above a name runs: opens VS Code's list of what refers to it. */
export async function showReferences(...args: unknown[]): Promise<void> {
  const parsed = target.safeParse(args);
  if (!parsed.success) return;
  const [text, { line, character }] = parsed.data;
  const uri = Uri.parse(text);
  const position = new Position(line, character);
  const found = await commands.executeCommand<Location[]>('vscode.executeReferenceProvider', uri, position);
  // The name itself is where the list opens.
  const others = found.filter((each) => each.uri.toString() !== uri.toString() || !each.range.contains(position));
  await commands.executeCommand('editor.action.showReferences', uri, position, others);
}
