import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftDetails } from '#schemas/domain/drift-details.ts';
import type { DriftColumn } from '#schemas/domain/drift-report.ts';
import type { DriftSummary } from '#schemas/protocol/drift.ts';
import { driftCsv } from '#server/monitoring/drift/export/drift-csv.ts';
import { driftPage } from '#server/monitoring/drift/export/drift-page.ts';

function column(name: string, parts: Partial<DriftColumn> = {}): DriftColumn {
  return {
    ...{ column: name, type: 'numeric', method: 'psi', statistic: 0.01, pValue: null, adjustedPValue: null },
    ...{ threshold: 0.1, drifted: false, verdict: 'no-drift', reason: null, errorBound: 0 },
    missing: { reference: 0, current: 0.5 },
    ...parts,
  };
}

function detailsOf(name: string, category: string): DriftDetails {
  return {
    ...{ column: name, type: 'categorical', rows: { reference: 3, current: 3 }, present: { reference: 3, current: 3 } },
    histogram: { edges: [0, 1, 2], reference: [1, 2], current: [2, 1], outside: { reference: 0, current: 1 } },
    categories: {
      entries: [{ name: category, reference: 3, current: 1 }],
      rest: { values: 2, reference: 0, current: 2 },
    },
    figures: [{ name: 'Median', reference: 1, current: 'NaN' }],
    overTime: {
      ...{ column: name, measure: 'share' },
      courses: [
        { name: category, side: 'reference', x: [0, 86_400_000], y: [1, 0.5] },
        { name: category, side: 'current', x: [86_400_000], y: [0.25] },
      ],
    },
    ...{ estimated: true, timeColumns: [name] },
  };
}

const summary: DriftSummary = {
  ...{ at: 0, names: { reference: 'train.csv', current: 'live.csv' }, rows: { reference: 3, current: 3 } },
  leftOut: [],
  ...{ share: 0, drifted: false, verdict: 'no-drift', columns: 1, driftedColumns: 0, leftOutTotal: 0 },
};

/** The names of all elements and attributes that a browser would find. */
function tagsIn(html: string): Set<string> {
  const names = new Set<string>();
  for (const [tag, name = ''] of html.matchAll(/<([a-z][a-z0-9]*)\b(?:"[^"]*"|[^">])*>/gi)) {
    names.add(name);
    const bare = tag.replace(/"[^"]*"/g, '""');
    for (const [, attribute = ''] of bare.matchAll(/\s([^\s=<>"/]+)(?==|\s|>|\/)/g)) names.add(`@${attribute}`);
  }
  return names;
}

const pageOf = (text: string) =>
  driftPage({
    title: text,
    summary: {
      ...summary,
      ...{ names: { reference: text, current: text }, leftOut: [{ column: text, reason: text }] },
      leftOutTotal: 3,
      segments: [
        {
          column: null,
          predicate: text,
          conditions: [],
          explained: 0.5,
          rows: { reference: 0.09, current: 0.21 },
          reason: null,
        },
      ],
    },
    columns: [column(text, { reason: text })],
    details: [detailsOf(text, text)],
  });

describe('the exported page', () => {
  const plain = tagsIn(pageOf('x'));

  it('has both samples as pictures and as tables, and loads nothing', () => {
    const html = pageOf('tenure');
    expect(html.match(/<svg /g)).toHaveLength(3);
    for (const text of [
      'No column drifted.',
      'Median',
      '2 more',
      'Bins',
      'The quantiles are estimates.',
      '50 %',
      '1970-01-02',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/=]+';/);
    expect(html).not.toMatch(/https?:|src=|href=|url\(|@import/);
    expect([...plain].filter((name) => /^(script|link|iframe|object|@on|@style|@href|@src)/.test(name))).toEqual([]);
  });

  it('shows whatever is in the data as text', () => {
    const attacks = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '</title></style></svg><script>alert(1)</script>',
      "' onload='alert(1)",
      ']]><!--',
      '&lt;b&gt;',
    ];
    for (const text of attacks) expect(tagsIn(pageOf(text)), text).toEqual(plain);
    expect(pageOf('&lt;b&gt;')).toContain('&amp;lt;b&amp;gt;');
    // A name that would turn around what follows it, or end the file for some.
    const turned = pageOf('a\u202eb\u0000');
    expect([turned.includes('\u202e'), turned.includes('\u0000')]).toEqual([false, false]);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&/=! -ax\n\t') }), (text) => {
        expect(tagsIn(pageOf(text))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it('says of which columns it has charts, where not of all', () => {
    const columns = [column('a'), column('b', { verdict: 'drift', drifted: true, statistic: 1 })];
    const html = driftPage({ title: 't', summary, columns, details: [detailsOf('b', 'x')] });
    expect(html).toContain('Of the column that needs a look most.');
    expect(html.indexOf('<th scope="row">b</th>')).toBeLessThan(html.indexOf('<th scope="row">a</th>'));
  });

  it('says what a classifier of all columns found', () => {
    const none = { auc: null, threshold: 0.55, drifted: null, verdict: 'no-data' as const, columns: [] };
    const domainClassifier = { ...none, reason: 'A classifier takes 100 rows <each>.' };
    const html = driftPage({ title: 't', summary: { ...summary, domainClassifier }, columns: [], details: [] });
    expect(html).toContain('<p>All columns together: A classifier takes 100 rows &lt;each&gt;.</p>');
  });

  it('has a place for no column at all', () => {
    expect(driftPage({ title: 't', summary, columns: [], details: [] })).toContain('<h2>Columns</h2>');
  });
});

describe('the exported table', () => {
  it('has all figures, what needs a look first, and no formulas', () => {
    const columns = [
      column('calm'),
      column('=HYPERLINK("http://x")', { verdict: 'drift', drifted: true, statistic: 0.3, reason: 'a, "b"' }),
      column('gone', { verdict: 'could-not-check', statistic: null, missing: null, threshold: null }),
    ];
    const [, ...lines] = [...driftCsv(columns)].join('').split('\r\n');
    expect(lines).toEqual([
      `"'=HYPERLINK(""http://x"")",numeric,drift,${0.3 / 0.1},psi,0.3,0,,,0.1,0,0.5,"a, ""b"""`,
      'gone,numeric,could-not-check,,psi,,0,,,,,,',
      'calm,numeric,no-drift,0.09999999999999999,psi,0.01,0,,,0.1,0,0.5,',
      '',
    ]);
  });
});
