import { describe, expect, it } from 'vitest';
import { complete } from '#server/language/features/complete.ts';
import { completeExpression } from '#server/language/features/complete-expression.ts';
import { completeLive, liveNumbers, withLive } from '#server/language/features/complete-live.ts';
import { hoverLive } from '#server/language/features/hover-live.ts';
import { type LiveKnowledge, nothingKnown, type TrackerValues } from '#server/language/providers/ports.ts';
import { deployment, marked, model, monitor, pipeline, workspace } from '../marked.ts';
import { liveDouble, minute } from './doubles.ts';

const local: TrackerValues = {
  tracker: 'local',
  experiments: ['churn', 'churn-old'],
  metrics: [
    { name: 'auc', runs: 214, best: 0.834567, recent: [0.83, 0.8] },
    { name: 'accuracy', runs: 12, best: 0.9, recent: [0.9] },
    { name: 'val_loss', runs: 3, best: null, recent: [Number.NaN] },
    { name: 'system/cpu', runs: 2, best: 1, recent: [1] },
  ],
  params: [
    {
      name: 'lr',
      runs: 9,
      values: [
        { text: '0.1', runs: 7 },
        { text: '0.3', runs: 2 },
      ],
    },
    {
      name: 'note',
      runs: 1,
      values: [
        { text: 'a: b', runs: 1 },
        { text: 'true', runs: 1 },
      ],
    },
  ],
};
const trackers = liveDouble({ trackers: [local], ageMs: 5 * minute });
const registry = liveDouble({
  models: [
    { name: 'churn', versions: ['1.1.0', '1.0.0'], aliases: [{ name: 'champion', version: '1.0.0' }] },
    { name: 'fraud', versions: ['0.1.0'], aliases: [] },
  ],
});
const cluster = liveDouble({ contexts: ['kind-mlops', 'prod'], namespaces: { prod: ['ml', 'web'] } });
const prometheus = liveDouble({
  prometheus: { http_requests_total: { code: ['200', '500'], version: ['1'] }, up: { job: ['api'] } },
});

function offered(text: string, live: LiveKnowledge) {
  return completeLive(marked(text), live).items;
}
const labels = (text: string, live: LiveKnowledge) => offered(text, live).map(({ label }) => label);

/** The cursor's line after an item was taken. */
function taken(text: string, label: string, live: LiveKnowledge): string {
  const place = marked(text);
  const item = completeLive(place, live).items.find((each) => each.label === label);
  if (!item) throw new Error(`${label} is not offered.`);
  const line = place.text.split('\n')[item.replace.line] ?? '';
  return line.slice(0, item.replace.start) + item.text.replace(/\\([\\$}])/g, '$1') + line.slice(item.replace.end);
}

const gate = (value: string) => `${model}validation:\n  gates:\n    - metric: ${value}\n`;
const query = (value: string) => `${monitor}metrics:\n  - name: x\n    query: ${value}\n`;

describe('completion of live values', () => {
  it('offers the metrics of past runs, the most used first, and says how old that is', () => {
    const [first, second, third] = offered(gate('‸'), trackers);
    expect(first).toMatchObject({
      label: 'auc',
      detail: 'metric of 214 runs · best 0.8346 · seen 5 minutes ago',
      summary: '214 runs · best 0.8346 · 5 min',
    });
    expect(second).toMatchObject({ label: 'accuracy', detail: 'metric of 12 runs · best 0.9 · seen 5 minutes ago' });
    expect(third?.detail).toBe('metric of 3 runs · seen 5 minutes ago');
    expect(first && second && first.sort < second.sort).toBe(true);
    expect(taken(gate('a‸'), 'auc', trackers)).toBe('    - metric: auc');
    expect(taken(gate('‸').replace('metric: ', 'metric:'), 'auc', trackers)).toBe('    - metric: auc');
  });

  it.each([
    ['now', 0, 'just now'],
    ['a minute', minute, '1 minute ago'],
    ['hours', 5 * 60 * minute, '5 hours ago'],
    ['days', 3 * 24 * 60 * minute, '3 days ago'],
  ])('labels what is %s old', (_, ageMs, words) => {
    expect(offered(gate('‸'), liveDouble({ trackers: [local], ageMs }))[0]?.detail).toMatch(
      new RegExp(`seen ${words}$`),
    );
  });

  it('lets the tracker with the most runs speak for a metric that several have', () => {
    const team = { ...local, tracker: 'team', metrics: [{ name: 'auc', runs: 500, best: 0.9, recent: [] }] };
    expect(offered(gate('‸'), liveDouble({ trackers: [local, team] }))[0]?.detail).toMatch(
      /^metric of 500 runs · best 0.9/,
    );
  });

  it('takes the place of an example of the same name, and stands above the other examples', () => {
    const place = marked(gate('‸'));
    const source = place.index.get(place.uri)?.symbols.source;
    if (!source) throw new Error('The text was not read.');
    const list = withLive(complete(source, place.position), completeLive(place, trackers));
    expect(list.filter(({ label }) => label === 'auc')).toHaveLength(1);
    expect([...list].sort((a, b) => (a.sort < b.sort ? -1 : 1))[0]?.detail).toMatch(/^metric of 214 runs/);
  });

  it('adds no name where the schema lists all there are', () => {
    const place = marked(`${monitor}performance:\n  labels: x.csv\n  metrics:\n    - name: ‸\n`);
    const source = place.index.get(place.uri)?.symbols.source;
    if (!source) throw new Error('The text was not read.');
    const list = withLive(complete(source, place.position), completeLive(place, trackers));
    expect(list.find(({ label }) => label === 'auc')?.detail).toMatch(/^metric of 214 runs/);
    expect(list.map(({ label }) => label)).toContain('rmse');
    expect(list.map(({ label }) => label)).not.toContain('val_loss');
  });

  it.each([
    ['an experiment', `${pipeline}experiment: ‸\n`, trackers, ['churn', 'churn-old']],
    ['values of a param', `${pipeline}params:\n  lr:\n    type: number\n    default: ‸\n`, trackers, ['0.1', '0.3']],
    [
      'values of an argument',
      `${pipeline}steps:\n  a:\n    entrypoint: a.py:main\n    with:\n      lr: ‸\n`,
      trackers,
      ['0.1', '0.3'],
    ],
    ['values in a test', `${pipeline}tests:\n  - name: x\n    params:\n      lr: ‸\n`, trackers, ['0.1', '0.3']],
    ['models', `${deployment}model: ‸\n`, registry, ['churn', 'fraud']],
    [
      'versions of a model',
      `${deployment}model: churn@‸\n`,
      registry,
      ['churn@champion', 'churn@1.1.0', 'churn@1.0.0'],
    ],
    [
      'versions of the own model',
      `${model}validation:\n  gates:\n    - metric: auc\n      compare: ‸\n`,
      registry,
      ['champion', '1.1.0', '1.0.0'],
    ],
    ['a model to register', `${pipeline}steps:\n  a:\n    register:\n      name: ‸\n`, registry, ['churn', 'fraud']],
    [
      'contexts',
      `${workspace}environments:\n  staging:\n    kubernetes:\n      context: ‸\n`,
      cluster,
      ['kind-mlops', 'prod'],
    ],
    [
      'namespaces of the context',
      `${workspace}environments:\n  staging:\n    kubernetes:\n      context: prod\n      namespace: ‸\n`,
      cluster,
      ['ml', 'web'],
    ],
    ['metrics in a query', query('rate(http_‸'), prometheus, ['http_requests_total', 'up']],
    ['metrics in a quoted query', query("'sum(‸'"), prometheus, ['http_requests_total', 'up']],
    ['metrics in a block text', query('>-\n      sum(rate(\n        http‸'), prometheus, ['http_requests_total', 'up']],
    ['labels of a metric', query('http_requests_total{‸}'), prometheus, ['code', 'version']],
    ['a second label', query('http_requests_total{code="5",v‸'), prometheus, ['code', 'version']],
    ['labels to group by', query('sum by (‸'), prometheus, ['code', 'version', 'job']],
    ['values of a label', query('http_requests_total{code=~"‸'), prometheus, ['200', '500']],
    [
      'a query behind an expression',
      query('up{v="${{ version }}"} / http‸'),
      prometheus,
      ['http_requests_total', 'up'],
    ],
  ])('offers %s', (_, text, live, expected) => {
    expect(labels(text, live)).toEqual(expected);
  });

  it.each([
    ['a duration', query('rate(up[5‸')],
    ['braces, behind the name of a label', query('up{job=‸')],
    ['a name that an operand stands before', query('up ‸up').replace('‸up', 'x ‸').replace('up x ', 'up[5m')],
    ['the name of a metric', `${monitor}metrics:\n  - name: ‸\n    query: up\n`],
    ['a block text that is no query', `${pipeline}steps:\n  a:\n    run: |\n      up‸\n`],
  ])('offers no metric of Prometheus in %s', (_, text) => {
    expect(labels(text, prometheus)).toEqual([]);
  });

  it('puts names of a query where they belong', () => {
    expect(taken(query('sum(rate(http_req‸uests[5m]))'), 'http_requests_total', prometheus)).toBe(
      '    query: sum(rate(http_requests_total[5m]))',
    );
    expect(taken(query('http_requests_total{code=~"2‸"}'), '200', prometheus)).toBe(
      '    query: http_requests_total{code=~"200"}',
    );
  });

  it('quotes a value that YAML would read as something else', () => {
    const at = (type: string) => `${pipeline}params:\n  note:\n    type: ${type}\n    default: ‸\n`;
    expect(taken(at('string'), 'a: b', trackers)).toBe('    default: "a: b"');
    expect(taken(at('string'), 'true', trackers)).toBe('    default: "true"');
    expect(taken(at('boolean'), 'true', trackers)).toBe('    default: true');
  });

  it('leaves models of the workspace to the workspace', () => {
    const files = { 'a.mlops.yaml': `${deployment}model: ‸\n`, 'm.mlops.yaml': model };
    expect(completeLive(marked(files), registry).items.map(({ label }) => label)).toEqual(['fraud']);
  });

  it('is empty and asks for another try while nothing is known yet, and only where something could come', () => {
    const late = liveDouble({ pending: true });
    expect(completeLive(marked(gate('‸')), late)).toMatchObject({ items: [], pending: true });
    expect(completeLive(marked(`${pipeline}steps:\n  a:\n    timeout: ‸\n`), late)).toMatchObject({ pending: false });
    expect(completeLive(marked(gate('‸')), nothingKnown)).toMatchObject({ items: [], pending: false });
  });

  it('asks nobody where no live value fits', () => {
    const refusing: LiveKnowledge = {
      ...nothingKnown,
      tracker: {
        trackerValues: () => {
          throw new Error('asked');
        },
      },
    };
    for (const text of [`${pipeline}steps:\n  ‸\n`, `${pipeline}seed: ‸\n`, `${model}owner: ‸\n`, 'kind: ‸\n']) {
      expect(completeLive(marked(text), refusing).items).toEqual([]);
    }
    const place = marked(`${pipeline}steps:\n  a:\n    run: x \${{ params.‸ }}\n`);
    expect(completeExpression(place, liveNumbers(place, refusing).names)).toEqual([]);
  });
});

describe('completion of live values in expressions', () => {
  const expressionLabels = (text: string) => {
    const place = marked(text);
    return completeExpression(place, liveNumbers(place, trackers).names)?.map(({ label }) => label);
  };

  it('offers metrics of past runs as parts of a step’s metrics, and of nothing else', () => {
    const steps = (condition: string) =>
      `${pipeline}steps:\n  a:\n    run: x\n    outputs:\n      scores: {type: metrics, path: s.json}\n      model: {type: model, path: m}\n  b:\n    run: y\n    if: \${{ steps.a.outputs.${condition} }}\n`;
    expect(expressionLabels(steps('scores.‸ > 1'))).toEqual(
      expect.arrayContaining(['path', 'auc', 'accuracy', 'val_loss']),
    );
    expect(expressionLabels(steps('scores.‸ > 1'))).not.toContain('system/cpu');
    expect(expressionLabels(steps('model.‸'))).not.toContain('auc');
  });

  it('offers those that a monitor measures in its conditions', () => {
    for (const when of ['${{ performance.‸ }}', 'performance.‸', '"drift.drifted || performance.‸"']) {
      expect(expressionLabels(`${monitor}alerts:\n  - channel: x\n    when: ${when}\n`)).toEqual(['auc', 'accuracy']);
    }
    expect(expressionLabels(`${monitor}alerts:\n  - when: drift.‸\n`)).toContain('share');
  });
});

describe('hover over live values', () => {
  const hovered = (text: string, live: LiveKnowledge = trackers) => hoverLive(marked(text), live)?.text;

  it('tells the last and the best values of a metric, where from and how old', () => {
    expect(hovered(`${gate('au‸c')}      minimum: 0.8\n`)).toBe(
      '`auc` in `local`: metric of 214 runs · best 0.8346 · last 0.83, 0.8\n\n*Seen 5 minutes ago.*',
    );
  });

  it('tells the values that a param had', () => {
    expect(hovered(`${pipeline}params:\n  lr:\n    type: number\n    default: 0‸.1\nsteps: {a: {run: x}}\n`)).toMatch(
      /^`lr` in `local`: param of 9 runs · `0\.1` \(7×\), `0\.3` \(2×\)/,
    );
  });

  it('leaves keys, unknown names and what nothing is known of to others', () => {
    expect(hovered(`${gate('auc').replace('metric', 'met‸ric')}      minimum: 0.8\n`)).toBeUndefined();
    expect(hovered(`${gate('no‸ne')}      minimum: 0.8\n`)).toBeUndefined();
    expect(hovered(`${gate('au‸c')}      minimum: 0.8\n`, liveDouble({ pending: true }))).toBeUndefined();
  });
});
