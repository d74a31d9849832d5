import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveRegistry } from '#server/platform/configuration/registry.ts';
import { diagnosticsText, withoutPerson } from '#server/platform/diagnostics.ts';
import { createRedactor } from '#server/platform/redact.ts';

const person = { folder: '/home/ana/work/churn', home: '/home/ana', user: 'ana' };

test('the text says which extension, editor, Node and system it is about', () => {
  const text = diagnosticsText({
    folder: '/ws',
    client: ['mlops-workbench 1.2.3', 'Editor\n4.5.6'],
    configuration: {
      name: '',
      root: '/ws',
      file: null,
      trackers: [],
      defaultTracker: null,
      services: [],
      access: { policy: null, problem: null },
      alerting: { channels: [], runbookBase: null },
      registry: resolveRegistry(undefined, { root: '/ws', tracker: undefined }),
      storage: { target: { type: 'local', path: '/ws/.mlops/artifacts' }, origin: null, consent: 'given' },
      warnings: [],
    },
    connections: [],
    log: [],
    redactor: createRedactor(),
  });
  expect(text).toContain('- mlops-workbench 1.2.3\n- Editor 4.5.6\n');
  expect(text).toContain(`Node ${process.versions.node}`);
  expect(text).toContain(`${process.platform} `);
});

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
