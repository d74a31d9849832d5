import { expect, test } from 'vitest';
import { auditChanges, changeText } from '#schemas/domain/audit-changes.ts';

const line = (given: Parameters<typeof auditChanges>[0]) => auditChanges(given).map(changeText).join('; ');

test('what an entry changed is told in one line', () => {
  expect(line({ before: null, after: { manifestDigest: 'ab'.repeat(32), signed: false } })).toBe(
    'manifestDigest: abababababab; signed: false',
  );
  expect(line({ before: { stage: 'staging', gone: 1 }, after: { stage: 'production' } })).toBe(
    'stage: staging → production; gone: 1 → –',
  );
  expect(line({ before: { champion: null }, after: { champion: '1.0.0' } })).toBe('champion: – → 1.0.0');
  expect(line({ before: null, after: null })).toBe('');
  expect(line({ before: 'a', after: ['b'] })).toBe('a → ["b"]');
});
