import { FailureError } from '../../platform/failure.ts';
import { definitionsOf } from '../symbols/file-symbols.ts';
import type { Target } from '../symbols/resolve.ts';
import type { SymbolKind } from '../symbols/symbol.ts';
import { uses } from './navigate.ts';
import { type Location, locationOf, type Place, type Range, rangeOfSpan, symbolAt, targetsAt } from './symbol-at.ts';

const identifier = { form: /^[A-Za-z_][\w-]*$/, words: 'a letter or underscore, then letters, digits, _ or -' };
const forms: Partial<Record<SymbolKind, { readonly form: RegExp; readonly words: string }>> = {
  document: {
    form: /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    words: 'at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit',
  },
  tracker: { form: /^[^/\s#:{}[\],&*!|>'"%@`]+$/, words: 'no spaces, slashes or signs that mean something in YAML' },
};

/** What would be renamed at a position; null where nothing can be. */
export function prepareRename(place: Place): { range: Range; name: string } | null {
  const at = symbolAt(place);
  if (!at || at.reference?.kind === 'pipelineFile') return null;
  const [target] = targetsAt(at, place.index);
  if (!target) return null;
  return { range: rangeOfSpan(at.file, at.unit, at.span), name: target.definition.name };
}

/**
 * The places to put a new name into, in all files and inside of expressions.
 * @throws FailureError `input` for a name that can't be one there, or that is taken.
 */
export function rename(place: Place, newName: string): Location[] {
  const at = symbolAt(place);
  const targets = at && at.reference?.kind !== 'pipelineFile' ? targetsAt(at, place.index) : [];
  const [target] = targets;
  if (!target)
    throw new FailureError('input', 'What stands here can’t be renamed.', {
      remedy: 'Put the cursor on the name of a step, param, output or the like.',
    });
  checkName(target, newName);
  const renamed = uses(targets, place.index).filter(({ reference }) => reference.kind !== 'pipelineFile');
  return [...targets.map(locationOf), ...renamed.map(({ location }) => location)];
}

function checkName({ document, definition }: Target, newName: string): void {
  const { form, words } = forms[definition.kind] ?? identifier;
  if (!form.test(newName))
    throw new FailureError('input', `\`${newName}\` can be no name here: ${words}.`, {
      remedy: 'Choose another name.',
    });
  if (/^(?:true|false|null|yes|no|on|off|~)$/i.test(newName))
    throw new FailureError('input', `YAML would not read \`${newName}\` as a name.`, {
      remedy: 'Choose another name.',
    });
  const taken = definitionsOf(document, definition.kind).some(
    (each) =>
      each.definition !== definition && each.definition.name === newName && each.definition.owner === definition.owner,
  );
  if (taken && newName !== definition.name)
    throw new FailureError('input', `There is a ${definition.kind} \`${newName}\` already.`, {
      remedy: 'Choose another name.',
    });
}
