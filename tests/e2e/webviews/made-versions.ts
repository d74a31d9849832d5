import type { VersionComparison } from '#schemas/protocol/models.ts';

const version = { stage: null, aliases: [], signed: true, archived: false, framework: 'sklearn', createdBy: 'ana' };
const metadata = {
  ...{ description: '', framework: 'sklearn', flavors: ['sklearn', 'python_function'], run: null, dataSets: [] },
  ...{ gitCommit: '4f2c9e0d1b7a', params: {}, metrics: {}, signature: null, requirements: [], licence: 'MIT' },
  ...{ tags: {}, parents: [] },
};

function side(number: string, size: number, createdAt: number): VersionComparison['before'] {
  return {
    version: {
      ...{ ...version, model: 'churn', version: number, size, fileCount: 5, createdAt },
      ...{ manifestDigest: number.replaceAll('.', '').padEnd(64, 'a'), rootDigest: 'b'.repeat(64) },
    },
    metadata,
  };
}

const row = (name: string, before: string | null, after: string | null) => ({
  ...{ name, before, after, differs: before !== after },
});

const file = (name: string, before: string | null, after: string | null, isChanged = false) => ({
  ...row(name, before, after),
  differs: isChanged || before !== after,
  change: change(before, after, isChanged),
});

function change(before: string | null, after: string | null, isChanged: boolean) {
  if (before === null) return 'added' as const;
  if (after === null) return 'removed' as const;
  return isChanged || before !== after ? ('changed' as const) : ('same' as const);
}

/** Two versions of which the later one breaks those who use it. */
export function madeComparison(): VersionComparison {
  const before = side('1.2.0', 14_200_000, Date.UTC(2026, 2, 4, 9, 30));
  const after = side('2.0.0', 11_900_000, Date.UTC(2026, 3, 18, 16, 5));
  return {
    before: { ...before, version: { ...before.version, stage: 'production', aliases: ['champion'] } },
    after: { ...after, version: { ...after.version, aliases: ['challenger'], signed: false } },
    metrics: [
      row('auc', '0.861', '0.884'),
      row('log_loss', '0.342', '0.371'),
      row('rows', '48000', '48000'),
      row('latency_ms', null, '3.2'),
    ],
    params: [row('depth', '5', '7'), row('seed', '42', '42'), row('learning_rate', '0.1', null)],
    requirements: [row('scikit-learn', '==1.5.2', '==1.6.0'), row('numpy', '==2.1.3', '==2.1.3')],
    signature: { type: 'breaking', details: ['New required input “plan” (string).', 'Output “score” is gone.'] },
    files: [
      file('MLmodel', '812', '903', true),
      file('model.pkl', '14198000', '11897000'),
      file('requirements.txt', '44', '44', true),
      file('python_env.yaml', '120', '120'),
      file('input_example.json', null, '310'),
    ],
    filesTotal: 5,
    cards: {
      before: '<h2>Use</h2><p>Scores <strong>customers</strong> once a month.</p>',
      after:
        '<h2>Use</h2><p>Scores <em>customers</em> once a week.</p><ul><li>Not for new ones</li></ul><table><thead><tr><th>Group</th><th>auc</th></tr></thead><tbody><tr><td>monthly</td><td>0.88</td></tr></tbody></table>',
    },
  };
}
