import { describe, expect, it } from 'vitest';
import { hoverLive } from '#server/language/features/hover-live.ts';
import { marked, monitor } from '../marked.ts';
import { liveDouble, minute } from './doubles.ts';

const models = [{ name: 'churn', versions: ['1.2.0', '1.1.0'], aliases: [{ name: 'champion', version: '1.1.0' }] }];

function hovered(reference: string): string | null {
  const { index, uri, position } = marked(`${monitor}model: ${reference}\n`);
  return hoverLive({ index, uri, position }, liveDouble({ models, ageMs: 3 * minute }))?.text ?? null;
}

const all = '`churn` has 2 versions: `1.2.0`, `1.1.0` (@champion)\n\n*Seen 3 minutes ago.*';

describe('hover on a model', () => {
  it.each([
    ['ch‸urn', all],
    ['churn@‸1.2.0', all],
    ['churn@cham‸pion', `\`churn@champion\` is \`churn@1.1.0\` today.\n\n${all}`],
    ['"churn@^1‸.0"', `\`churn@^1.0\` is \`churn@1.2.0\` today.\n\n${all}`],
    ['churn@‸latest', `\`churn@latest\` is \`churn@1.2.0\` today.\n\n${all}`],
    ['churn@‸^9', all],
  ])('tells what the registry has: %s', (reference, text) => {
    expect(hovered(reference)).toBe(text);
  });

  it('says nothing of one that it does not have', () => {
    expect(hovered('fr‸aud@1.0.0')).toBeNull();
  });
});
