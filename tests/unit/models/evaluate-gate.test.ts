import { describe, expect, it } from 'vitest';
import { modelDocument } from '#schemas/config/model.ts';
import { evaluateGate } from '#server/models/gates/evaluate-gate.ts';
import type { GateQuestions, GateSubject, SchemaChange } from '#server/models/gates/gate.ts';

type Parts = Partial<Omit<GateSubject, 'version'>> & { readonly size?: number };

function subject(parts: Parts = {}): GateSubject {
  const { size = 100, ...rest } = parts;
  return {
    metrics: { auc: 0.85, loss: 0.3, broken: Number.NaN },
    licence: null,
    card: null,
    ...rest,
    version: {
      model: 'churn',
      version: '1.1.0',
      stage: null,
      aliases: [],
      manifestDigest: 'a'.repeat(64),
      rootDigest: 'b'.repeat(64),
      size,
      fileCount: 1,
      signed: false,
      archived: false,
      createdAt: 0,
      createdBy: 'ana',
      framework: null,
    },
  };
}

interface Answers {
  readonly champion?: Readonly<Record<string, number>>;
  readonly change?: SchemaChange | null;
  readonly signature?: boolean;
  readonly safe?: boolean;
  readonly exitCode?: number | null;
  readonly durations?: readonly number[];
}

function questions(answers: Answers): GateQuestions {
  let call = 0;
  return {
    baseline: async () => (answers.champion ? subject({ metrics: answers.champion }) : null),
    schemaChange: async () => answers.change ?? null,
    signature: async () => ({ valid: answers.signature ?? false, detail: 'signature' }),
    pickles: async () => ({ safe: answers.safe ?? false, detail: 'pickles' }),
    run: async () => ({
      exitCode: answers.exitCode === undefined ? 0 : answers.exitCode,
      tail: 'last words',
      durationMs: answers.durations?.[call++ % answers.durations.length] ?? 1,
    }),
  };
}

/** Gates as the Model document has them, defaults filled in. */
function gateOf(gate: unknown) {
  const document = {
    apiVersion: 'mlops/v1',
    kind: 'Model',
    metadata: { name: 'churn' },
    validation: { gates: [gate] },
  };
  const [first] = modelDocument.parse(document).validation?.gates ?? [];
  if (!first) throw new Error('There is no gate.');
  return first;
}

const card =
  '# Churn\n\n## Intended use\n\nTo call customers.\n\n## *Limitations*\n\n<!-- to be written -->\n\n## Data\n\n### Source\n\nCRM.\n';
const twentyTimes = Array.from({ length: 20 }, (_, index) => (index < 19 ? 100 : 900));

describe('a gate', () => {
  it.each<[string, unknown, boolean, RegExp, Parts, Answers]>([
    ['minimum met', { metric: 'auc', minimum: 0.85 }, true, /auc is 0.85/, {}, {}],
    ['minimum missed', { metric: 'auc', minimum: 0.9 }, false, /0.85, less than 0.9/, {}, {}],
    ['maximum missed', { metric: 'loss', maximum: 0.2 }, false, /0.3, more than 0.2/, {}, {}],
    ['unknown metric', { metric: 'f1', minimum: 0 }, false, /no metric f1; it has auc, broken, loss/, {}, {}],
    ['not a number', { metric: 'broken', minimum: 0 }, false, /is not a number/, {}, {}],
    ['no champion yet', { metric: 'auc', compare: 'champion' }, true, /no champion/, {}, {}],
    [
      'as good as the champion',
      { metric: 'auc', compare: 'champion' },
      true,
      /has 0.85/,
      {},
      { champion: { auc: 0.85 } },
    ],
    [
      'not better enough',
      { metric: 'auc', compare: 'champion', minimumDelta: 0.01 },
      false,
      /0.01 better is asked/,
      {},
      { champion: { auc: 0.845 } },
    ],
    [
      'lower is better',
      { metric: 'loss', compare: 'champion', direction: 'lower', minimumDelta: 0.1 },
      true,
      /has 0.5/,
      {},
      { champion: { loss: 0.5 } },
    ],
    ['champion without it', { metric: 'auc', compare: 'champion' }, false, /has no auc/, {}, { champion: { f1: 1 } }],
    ['not signed', { signed: true }, false, /signature/, {}, {}],
    ['signed', { signed: true }, true, /signature/, {}, { signature: true }],
    ['no version in use', { schemaCompatible: true }, true, /No version is in use/, {}, {}],
    [
      'breaking schema',
      { schemaCompatible: true },
      false,
      /age is gone/,
      {},
      { change: { type: 'breaking', details: ['Input age is gone.'] } },
    ],
    [
      'schema not known',
      { schemaCompatible: true },
      false,
      /no signature/,
      {},
      { change: { type: 'unknown', details: ['The version has no signature.'] } },
    ],
    ['small enough', { maxSize: '1kB' }, true, /1000 bytes/, { size: 1000 }, {}],
    ['too large', { maxSize: '1kB' }, false, /1024 bytes/, { size: 1024 }, {}],
    [
      'quick enough',
      { latency: { run: 'ask', maximum: '100ms' } },
      true,
      /100 ms or less/,
      {},
      { durations: twentyTimes },
    ],
    ['too slow', { latency: { run: 'ask', maximum: '99ms' } }, false, /100 ms/, {}, { durations: twentyTimes }],
    ['latency of what fails', { latency: { run: 'ask', maximum: '1s' } }, false, /ended with 3/, {}, { exitCode: 3 }],
    ['command well', { command: 'check' }, true, /last words/, {}, {}],
    ['command too long', { command: 'check' }, false, /took too long/, {}, { exitCode: null }],
    ['no card', { card: ['Data'] }, false, /no model card/, {}, {}],
    ['card with all', { card: ['intended use', 'Data'] }, true, /All sections/, { card }, {}],
    ['card with an empty section', { card: ['Limitations'] }, false, /lacks: Limitations/, { card }, {}],
    ['no licence', { licences: ['MIT'] }, false, /names no licence/, {}, {}],
    ['other licence', { licences: ['MIT'] }, false, /is GPL-3.0/, { licence: 'GPL-3.0' }, {}],
    ['allowed licence', { licences: ['MIT'] }, true, /is MIT/, { licence: 'MIT' }, {}],
    ['unsafe pickle', { safePickle: true }, false, /pickles/, {}, {}],
    ['pickles not asked', { safePickle: false }, true, /Not asked/, {}, {}],
  ])('%s', async (_, gate, passed, detail, parts, answers) => {
    const result = await evaluateGate(gateOf(gate), subject(parts), questions(answers));
    expect(result).toMatchObject({ passed, detail: expect.stringMatching(detail) });
  });
});
