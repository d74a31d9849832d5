import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutPerson } from '#server/platform/diagnostics.ts';

const person = { folder: '/home/ana/work/churn', home: '/home/ana', user: 'ana' };

describe('withoutPerson', () => {
  test.each([
    ['/home/ana/work/churn/mlops.yaml', '<folder>/mlops.yaml'],
    ['/home/ana/.mlflow/credentials', '~/.mlflow/credentials'],
    ['/home/ben/x and /Users/Ben Smith', '/home/<user>/x and /Users/<user> Smith'],
    ['C:\\Users\\ben\\x', 'C:\\Users\\<user>\\x'],
    ['run by ana, not by banana or diana', 'run by <user>, not by banana or diana'],
  ])('%s', (text, clean) => {
    expect(withoutPerson(text, person)).toBe(clean);
  });

  test('takes any user name for text, not for a pattern', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2 }), (user) => {
        expect(withoutPerson(`by ${user} today`, { ...person, user })).toContain('<user>');
      }),
    );
  });
});
