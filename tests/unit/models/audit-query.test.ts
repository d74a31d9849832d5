import { expect, it } from 'vitest';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { isAbout } from '#server/models/audit/query.ts';

const entry = (target: string): AuditEntry => ({
  ...{ seq: 1, time: 0, actor: 'ana', action: 'promote', target, before: null, after: null, reason: null },
  ...{ previous: '0'.repeat(64), hash: '0'.repeat(64) },
});

it.each([
  ['churn', 'churn', true],
  ['churn@1.0.0', 'churn', true],
  ['churn@1.0.0', 'churn@1.0.0', true],
  ['churn', 'churn@1.0.0', false],
  ['churn@1.0.0-rc.1', 'churn@1.0.0', false],
  ['churn-eu@1.0.0', 'churn', false],
])('an entry about %s is about %s: %s', (of, target, expected) => {
  expect(isAbout(entry(of), target)).toBe(expected);
});
