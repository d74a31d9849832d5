import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '#schemas/domain/audit.ts';
import { type AuditRecord, chained, hashOf, verifyChain } from '#server/models/audit/chain.ts';

const record: fc.Arbitrary<AuditRecord> = fc.record({
  time: fc.nat(),
  actor: fc.constantFrom('ana', 'ben'),
  action: fc.constantFrom('register', 'promote'),
  target: fc.constantFrom('churn@1.0.0', 'ü𝒳\u2028'),
  before: fc.constantFrom(null, { b: 1, a: ['ü', null] }, {}),
  after: fc.constant(null),
  reason: fc.option(fc.string()),
});
const chain = fc.array(record, { minLength: 1, maxLength: 6 }).map(build);

function build(records: readonly AuditRecord[]): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const each of records) entries.push(chained(each, entries.at(-1) ?? null));
  return entries;
}

const stored = (entries: readonly AuditEntry[]): AuditEntry[] => structuredClone([...entries]);

describe('a chain', () => {
  it('is intact as it was written, also through JSON', () => {
    fc.assert(
      fc.property(chain, (entries) => {
        const verdict = verifyChain(JSON.parse(JSON.stringify(entries)));
        expect(verdict).toMatchObject({ intact: true, entries: entries.length, brokenAt: null });
      }),
      { numRuns: 20 },
    );
  });

  it('shows the first entry of which any part was changed', () => {
    const change = fc.constantFrom(
      'time',
      'actor',
      'action',
      'target',
      'before',
      'after',
      'reason',
      'previous',
      'hash',
    );
    fc.assert(
      fc.property(chain, fc.nat(), change, (entries, at, field) => {
        const index = at % entries.length;
        const changed: unknown[] = stored(entries);
        changed[index] = { ...entries[index], [field]: field === 'time' ? -1 : 'other' };
        expect(verifyChain(changed)).toMatchObject({ intact: false, brokenAt: index + 1 });
      }),
      { numRuns: 40 },
    );
  });

  it('shows an entry that was changed together with its hash', () => {
    const entries = build(['a', 'b', 'c'].map(made));
    const forged = { ...required(entries, 1), actor: 'mallory' };
    entries[1] = { ...forged, hash: hashOf(forged) };
    expect(verifyChain(entries)).toMatchObject({ intact: false, brokenAt: 3, problem: 'changed' });
  });

  it('shows what was cut out, moved or put in', () => {
    const entries = build(['a', 'b', 'c', 'd'].map(made));
    const [a, b, c, d] = entries;
    expect(verifyChain([a, c, d])).toMatchObject({ brokenAt: 2, problem: 'missing' });
    expect(verifyChain([b, c, d])).toMatchObject({ brokenAt: 1, problem: 'missing' });
    expect(verifyChain([a, c, b, d])).toMatchObject({ brokenAt: 2 });
    expect(verifyChain([a, b, b, c, d])).toMatchObject({ brokenAt: 3, problem: 'order' });
    expect(verifyChain([a, { ...b, extra: 1 }, c, d])).toMatchObject({ brokenAt: 2, problem: 'malformed' });
    expect(verifyChain([a, null, c, d])).toMatchObject({ brokenAt: 2, problem: 'malformed' });
  });

  it('shows by a head from elsewhere that its end was cut off or all of it written anew', () => {
    const entries = build(['a', 'b', 'c'].map(made));
    const head = { seq: 3, hash: required(entries, 2).hash, kind: 'anchor', source: 'the Git note' } as const;
    expect(verifyChain(entries, [head])).toMatchObject({ intact: true });
    expect(verifyChain(entries.slice(0, 2), [head])).toMatchObject({ brokenAt: 3, problem: 'anchor' });
    const anew = build(['a', 'b', 'x'].map(made));
    expect(verifyChain(anew, [head])).toMatchObject({ brokenAt: 3, problem: 'anchor' });
  });

  it('has to have every head, also where a later one of the same entry was noted after it was written anew', () => {
    const [written, anew] = [
      ['a', 'b'],
      ['a', 'x'],
    ].map((actors) => build(actors.map(made)));
    const [before, after] = [written, anew].map((entries = []) => {
      return { seq: 2, hash: required(entries, 1).hash, kind: 'anchor', source: 'a note' } as const;
    });
    if (!before || !after) throw new Error('Both are there.');
    for (const heads of [
      [before, after],
      [after, before],
    ]) {
      expect(verifyChain(anew ?? [], heads)).toMatchObject({
        ...{ intact: false, brokenAt: 2, problem: 'anchor' },
        lost: [{ head: before, reason: 'rewritten' }],
      });
    }
  });

  it('tells each head that it lost, and the first of them for all', () => {
    const entries = build(['a', 'b', 'c', 'd'].map(made));
    const head = (seq: number, hash?: string) => {
      return { seq, hash: hash ?? required(entries, seq - 1).hash, kind: 'checkpoint', source: 'a file' } as const;
    };
    const verdict = verifyChain(entries.slice(0, 3), [head(4), head(3), head(2, 'other'), head(1)]);
    expect(verdict).toMatchObject({ intact: false, entries: 3, brokenAt: 2, problem: 'checkpoint' });
    expect(verdict.lost.map(({ head: { seq }, reason }) => [seq, reason])).toEqual([
      [2, 'rewritten'],
      [4, 'cut'],
    ]);
  });

  it('tells of a clock that went back, and takes it', () => {
    const entries = build([made('a', 0), { ...made('b', 1), time: 1 }]);
    expect(verifyChain(entries)).toMatchObject({ intact: true, warnings: [expect.stringContaining('entry 2')] });
  });
});

function made(actor: string, index: number): AuditRecord {
  return {
    time: 1000 + index,
    actor,
    action: 'register',
    target: 'churn@1.0.0',
    before: null,
    after: {},
    reason: null,
  };
}

function required(entries: readonly AuditEntry[], index: number): AuditEntry {
  const entry = entries[index];
  if (!entry) throw new Error(`There is no entry ${index}.`);
  return entry;
}
