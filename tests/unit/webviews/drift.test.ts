import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DriftVerdict, driftVerdict } from '#schemas/domain/drift-report.ts';
import { compareDrift, driftScore, driftSentence } from '#schemas/domain/drift-score.ts';
import {
  checkDrift,
  type DriftSummary,
  driftColumnDetails,
  driftColumns,
  type ShownDriftColumn,
} from '#schemas/protocol/drift.ts';
import { listedColumns } from '#webviews/drift/column-list.ts';
import { DriftModel } from '#webviews/drift/drift-model.ts';
import { categoryBars, outline } from '#webviews/drift/pictures.ts';
import { noFilter } from '#webviews/drift/view.ts';
import type { Host } from '#webviews/shared/host.ts';
import { HostFailure } from '#webviews/shared/host-failure.ts';

function column(name: string, parts: Partial<ShownDriftColumn> = {}): ShownDriftColumn {
  return {
    ...{ column: name, type: 'numeric', method: 'psi', statistic: 0.01, pValue: null, adjustedPValue: null },
    ...{ threshold: 0.1, drifted: false, verdict: 'no-drift', reason: null, errorBound: 0 },
    missing: { reference: 0, current: 0 },
    ...parts,
  };
}

const names = (columns: readonly ShownDriftColumn[]) => columns.map((one) => one.column);

describe('the score', () => {
  it('is 1 at the threshold and grows with the drift, for distances and p-values alike', () => {
    const score = (parts: Partial<ShownDriftColumn>) => driftScore(column('x', parts));
    expect(score({ statistic: 0.1 })).toBe(1);
    expect(score({ statistic: 0.32 })).toBeCloseTo(3.2, 12);
    const p = (pValue: number, adjustedPValue: number | null = null) =>
      score({ method: 'ks', pValue, adjustedPValue, threshold: 0.05 });
    expect([p(0.05), p(1), p(0)]).toEqual([1, 0, Number.POSITIVE_INFINITY]);
    expect(p(0.0025)).toBeCloseTo(2, 12);
    expect(p(0.001, 0.05)).toBe(1);
  });

  it('is none without figures, and never NaN', () => {
    expect(driftScore(column('x', { statistic: null }))).toBeNull();
    expect(driftScore(column('x', { statistic: 'NaN' }))).toBeNull();
    expect(driftScore(column('x', { statistic: 0, threshold: 0 }))).toBeNull();
    expect(driftScore(column('x', { pValue: 1, threshold: 1 }))).toBeNull();
  });
});

describe('the list of columns', () => {
  const columns = [
    column('calm'),
    column('mild', { statistic: 0.2, verdict: 'drift', drifted: true }),
    column('gone', { statistic: null, verdict: 'could-not-check', reason: 'The current data lack this column.' }),
    column('wild', { statistic: 'Infinity', verdict: 'drift', drifted: true }),
    column('thin', { statistic: null, verdict: 'no-data', type: 'categorical' }),
  ];
  const list = (parts: Partial<Parameters<typeof listedColumns>[1]>) =>
    names(listedColumns(columns, { filter: noFilter, sort: [], ...parts }));

  it('begins with what needs a look: drift by its score, then what nobody could tell', () => {
    expect(list({})).toEqual(['wild', 'mild', 'gone', 'thin', 'calm']);
  });

  it('is narrowed by words in names, methods and reasons, and by verdict', () => {
    expect(list({ filter: { text: 'LACK current', verdict: null } })).toEqual(['gone']);
    expect(list({ filter: { text: 'categorical', verdict: null } })).toEqual(['thin']);
    expect(list({ filter: { text: '', verdict: 'drift' } })).toEqual(['wild', 'mild']);
  });

  it('is sorted as asked for, what has no figure last both ways', () => {
    expect(list({ sort: [{ column: 'statistic', descending: true }] })).toEqual([
      'wild',
      'mild',
      'calm',
      'gone',
      'thin',
    ]);
    expect(list({ sort: [{ column: 'statistic', descending: false }] })).toEqual([
      ...['calm', 'mild', 'wild', 'gone', 'thin'],
    ]);
    expect(list({ sort: [{ column: 'column', descending: false }] })[0]).toBe('calm');
  });

  it('has an order that holds, whatever the figures are', () => {
    const any = fc.record({
      verdict: fc.constantFrom(...driftVerdict.options),
      statistic: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom('NaN', 'Infinity', null)),
    });
    fc.assert(
      fc.property(any, any, any, (...parts) => {
        const made = parts.map((part) =>
          column('x', {
            verdict: part.verdict,
            statistic:
              typeof part.statistic === 'number' && !Number.isFinite(part.statistic)
                ? 'Infinity'
                : (part.statistic as 'NaN' | null),
          }),
        );
        const [a, b, c] = made;
        if (!a || !b || !c) return;
        expect(Math.sign(compareDrift(a, b))).toBe(0 - Math.sign(compareDrift(b, a)));
        if (compareDrift(a, b) <= 0 && compareDrift(b, c) <= 0) expect(compareDrift(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the verdict in a sentence', () => {
  it('never says “no drift” of what could not be told', () => {
    const said = (verdict: DriftVerdict, drifted = 0) => driftSentence({ verdict, share: 0.25, drifted });
    expect(said('drift', 2)).toBe('The data drifted: 2 columns (25 % of those that could be compared).');
    expect(said('no-drift')).toBe('No column drifted.');
    expect(said('no-drift', 1)).toMatch(/^No drift of the whole: 1 column drifted/);
    for (const verdict of ['no-data', 'could-not-check'] as const) expect(said(verdict)).not.toMatch(/no drift/i);
  });
});

describe('pictures', () => {
  it('outline bins from edge to edge, in per cent of the values', () => {
    expect(outline([0, 1, 3], [1, 3], 4)).toEqual([
      { x: 0, y: 25 },
      { x: 1, y: 25 },
      { x: 1, y: 75 },
      { x: 3, y: 75 },
    ]);
    expect(outline([0, 1], [0], 0)).toEqual([
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ]);
  });

  it('put the other categories last, under how many they are', () => {
    const categories = {
      entries: [{ name: 'free', reference: 3, current: 1 }],
      rest: { values: 1_200, reference: 1, current: 3 },
    };
    expect(categoryBars(categories, { reference: 4, current: 4 })).toEqual([
      { name: 'free', reference: 75, current: 25 },
      { name: '1,200 more values', reference: 25, current: 75 },
    ]);
  });
});

const summary: DriftSummary = {
  ...{ at: 0, names: { reference: 'a', current: 'b' }, rows: { reference: 1, current: 1 }, leftOut: [] },
  ...{ share: 0, drifted: false, verdict: 'no-drift', columns: 2_500, driftedColumns: 0, leftOutTotal: 0 },
};
const details = {
  ...{ column: 'x', type: 'numeric', rows: summary.rows, present: summary.rows, histogram: null, categories: null },
  ...{ figures: [], estimated: false, overTime: null, timeColumns: [] },
} as const;

type Answer = (params: Record<string, unknown>, signal?: AbortSignal) => unknown;

function modelOf(answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  const host: Host = {
    async request(definition, params, signal) {
      asked.push(definition.method);
      const answer = answers[definition.method];
      if (!answer) throw new Error(`${definition.method} was asked.`);
      return definition.result.parse(await answer(Object(params), signal));
    },
    on: () => undefined,
  };
  const target = { kind: 'files', reference: 'a', current: 'b' } as const;
  const model = new DriftModel({ host, folder: 'file:///ws', target, check: '1', onChange: () => undefined });
  return { model, asked };
}

const columnsOf: Answer = ({ start, count }) => ({
  columns: Array.from({ length: Math.min(Number(count), 2_500 - Number(start)) }, (_, index) =>
    column(`c${Number(start) + index}`),
  ),
});

describe('the panel’s model', () => {
  it('reads columns in parts until all are there', async () => {
    const { model, asked } = modelOf({ [checkDrift.method]: () => summary, [driftColumns.method]: columnsOf });
    expect(await model.start()).toBe(true);
    expect(model.columns).toHaveLength(2_500);
    expect(model.columns.at(-1)?.column).toBe('c2499');
    expect(asked.filter((method) => method === driftColumns.method)).toHaveLength(10);
  });

  it('is cancelled by the person, and says so instead of failing', async () => {
    const { model } = modelOf({
      [checkDrift.method]: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const started = model.start();
    model.cancel();
    expect(await started).toBe(false);
    expect([model.phase, model.error]).toEqual(['cancelled', null]);
  });

  it('keeps why the data can’t be compared', async () => {
    const failure = new HostFailure('corrupt', 'a can’t be read as PARQUET', 'Write it anew.');
    const { model } = modelOf({
      [checkDrift.method]: () => {
        throw failure;
      },
    });
    expect(await model.start()).toBe(false);
    expect([model.phase, model.error]).toEqual(['failed', failure]);
  });

  it('reads a column once, and makes the check again where the server forgot it', async () => {
    let known = false;
    const { model, asked } = modelOf({
      [checkDrift.method]: () => {
        known = true;
        return summary;
      },
      [driftColumnDetails.method]: () => {
        if (!known) throw new HostFailure('not-found', 'This check is not there any more.', null);
        return details;
      },
    });
    const wanted = { column: 'x', timeColumn: null, whole: false };
    await model.show(wanted);
    expect(model.outcome).toEqual({ details });
    expect(asked).toEqual([driftColumnDetails.method, checkDrift.method, driftColumnDetails.method]);
    await model.show({ ...wanted });
    expect(asked).toHaveLength(3);
  });
});
