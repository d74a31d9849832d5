import type { AuditEntry, AuditVerdict } from '#schemas/domain/audit.ts';
import type { listAudit } from '#schemas/protocol/models.ts';
import type { ParsedParamsOf, ResultOf } from '#schemas/protocol/request.ts';

const start = Date.UTC(2026, 0, 1, 9);
const hex = (seq: number) => seq.toString(16).padStart(64, '0');

const kinds = ['register', 'validate', 'promote', 'alias'] as const;
const changes: Readonly<Record<(typeof kinds)[number], (version: string) => Pick<AuditEntry, 'before' | 'after'>>> = {
  register: () => ({ before: null, after: { manifestDigest: hex(7), rootDigest: hex(8), signed: false } }),
  validate: (version) => ({ before: {}, after: { [`report of ${version}`]: hex(9), passed: true } }),
  promote: (version) => ({
    before: { [`stage of ${version}`]: 'staging' },
    after: { [`stage of ${version}`]: 'production' },
  }),
  alias: (version) => ({ before: { champion: null }, after: { champion: version } }),
};

/** So many entries, oldest first, an hour between two. */
export function madeEntries(count: number): AuditEntry[] {
  return Array.from({ length: count }, (_, index): AuditEntry => {
    const seq = index + 1;
    const action = kinds[index % kinds.length] ?? 'register';
    const version = `1.${Math.floor(index / kinds.length)}.0`;
    return {
      ...{ seq, time: start + index * 3_600_000, actor: index % 3 === 0 ? 'ben' : 'ana', action },
      ...{ target: `${index % 5 === 0 ? 'fraud' : 'churn'}@${version}`, ...changes[action](version) },
      ...{ reason: action === 'promote' ? 'better on last month’s calls' : null, previous: hex(index), hash: hex(seq) },
    };
  });
}

export function madeVerdict(entries: number, parts: Partial<AuditVerdict> = {}): AuditVerdict {
  const detail = `All ${entries} entries are as they were written.`;
  return {
    ...{
      intact: true,
      entries,
      brokenAt: null,
      problem: null,
      detail,
      warnings: [],
      anchors: [],
      checkpoints: [],
    },
    ...parts,
  };
}

/** As the server answers: those that fit, newest first. */
export function listMade(
  entries: readonly AuditEntry[],
  { actor, action, target, since, until, text, ...range }: ParsedParamsOf<typeof listAudit>,
): ResultOf<typeof listAudit> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = entries.filter((entry) => {
    const whole = JSON.stringify(entry).toLowerCase();
    return (
      (actor === null || entry.actor === actor) &&
      (action === null || entry.action === action) &&
      (target === null || entry.target === target || entry.target.startsWith(`${target}@`)) &&
      (since === null || entry.time >= since) &&
      (until === null || entry.time <= until) &&
      words.every((word) => whole.includes(word))
    );
  });
  return { entries: fitting.toReversed().slice(range.start, range.start + range.count), total: fitting.length };
}
