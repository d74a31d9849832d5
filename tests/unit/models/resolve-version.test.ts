import { describe, expect, it } from 'vitest';
import { parseModelReference } from '#server/models/model-reference.ts';
import { resolveVersion } from '#server/models/resolve-version.ts';

const versions = ['2.1.0', '2.0.0', '2.2.0-rc.1', '1.3.0', '1.2.0', '1.2.1'].map((version) => ({
  version,
  archived: version === '2.1.0',
}));
const aliases = new Map([['champion', '1.2.0']]);
const resolve = (text: string) => resolveVersion(parseModelReference(text), versions, aliases);

describe('a reference', () => {
  it.each([
    ['churn@1.2.0', '1.2.0'],
    ['churn@2.1.0', '2.1.0'],
    ['churn@champion', '1.2.0'],
    ['churn@^1.2', '1.3.0'],
    ['churn@~1.2.0', '1.2.1'],
    ['churn@>=1 <3', '2.0.0'],
    ['churn@>=2.2.0-rc.0', '2.2.0-rc.1'],
    ['churn@latest', '2.0.0'],
    ['churn@1', '1.3.0'],
  ])('%s means %s', (text, version) => {
    expect(resolve(text)).toBe(version);
  });

  it.each([
    ['churn', /names a model without a version/],
    ['@1.0.0', /is no name of a model/],
    ['../x@1.0.0', /is no name of a model/],
    ['churn@', /no version, alias or range/],
    ['churn@^^1', /no version, alias or range/],
    ['churn@^3', /There is no version churn@\^3/],
    ['churn@9.9.9', /There is no version churn@9.9.9/],
    ['churn@challenger', /no alias “challenger”/],
  ])('%s is refused', (text, message) => {
    expect(() => resolve(text)).toThrow(message);
  });

  it('names what there is instead', () => {
    expect(() => resolve('churn@^3')).toThrow(
      expect.objectContaining({ remedy: 'The registry has 2.2.0-rc.1, 2.1.0, 2.0.0, 1.3.0, 1.2.1 and 1 more.' }),
    );
  });
});
