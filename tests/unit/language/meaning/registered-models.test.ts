import { expect, it } from 'vitest';
import { versionMeant } from '#server/language/meaning/registered-models.ts';

const churn = {
  name: 'churn',
  versions: ['2.0.0-rc.1', '1.2.0', '1.1.0'],
  aliases: [{ name: 'champion', version: '1.1.0' }],
};

it.each([
  ['1.2.0', '1.2.0'],
  ['2.0.0-rc.1', '2.0.0-rc.1'],
  ['champion', '1.1.0'],
  ['^1.0', '1.2.0'],
  ['>=2.0.0-rc.1', '2.0.0-rc.1'],
  ['latest', '1.2.0'],
  ['Latest', '1.2.0'],
  ['^3', null],
  ['challenger', null],
])('@%s means %s', (selector, version) => {
  expect(versionMeant(churn, selector)).toBe(version);
});

it('@latest of pre-releases alone means none in particular', () => {
  expect(versionMeant({ ...churn, versions: ['1.0.0-rc.1'], aliases: [] }, 'latest')).toBeNull();
});
