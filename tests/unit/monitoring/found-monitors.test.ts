import { describe, expect, it } from 'vitest';
import { monitorsOf } from '#server/monitoring/found-monitors.ts';

const monitor = (name: string, rest = '') => `apiVersion: mlops/v1\nkind: Monitor\nmetadata: {name: ${name}}\n${rest}`;

describe('Monitor documents of a file', () => {
  it('are told with their place, schedule and whether they compare data', () => {
    const text = [
      'apiVersion: mlops/v1\nkind: Model\nmetadata: {name: churn}\n',
      monitor('one', 'schedule: "0 * * * *"\nmodel: churn@champion\n'),
      monitor('two', 'drift: {reference: a.parquet, current: b.parquet}\n'),
    ].join('---\n');
    expect(monitorsOf('m.mlops.yaml', text)).toEqual([
      {
        ...{ file: 'm.mlops.yaml', name: 'one', line: 4, model: 'churn@champion', schedule: '0 * * * *' },
        ...{ hasDrift: false, problem: null },
      },
      {
        ...{ file: 'm.mlops.yaml', name: 'two', line: 10, model: null, schedule: null },
        ...{ hasDrift: true, problem: null },
      },
    ]);
  });

  it('say what is wrong with them, all of a file since it is read as a whole', () => {
    const unknown = `${monitor('one')}---\n${monitor('two', 'shedule: "0 * * * *"\n')}`;
    expect(monitorsOf('m.mlops.yaml', unknown).map(({ problem }) => problem)).toEqual([
      expect.stringContaining('shedule'),
      expect.stringContaining('shedule'),
    ]);
    const [broken] = monitorsOf('m.mlops.yaml', `${monitor('one')}model: [unclosed\n`);
    expect(broken).toMatchObject({ name: 'one', problem: expect.stringMatching(/\w/) });
    const twice = monitorsOf('m.mlops.yaml', `${monitor('one')}---\n${monitor('one')}`);
    expect(twice[0]?.problem).toContain('called one');
  });

  it('have a schedule that comes, or it is told of that one alone', () => {
    const text = [monitor('one', 'schedule: "5/15 * * * *"\n'), monitor('two', 'schedule: "0 * * * *"\n')].join(
      '---\n',
    );
    expect(monitorsOf('m.mlops.yaml', text).map(({ problem }) => problem)).toEqual([
      'schedule: “5/15 * * * *” is no cron schedule.',
      null,
    ]);
  });

  it('are none where the kind is another, or there is nothing that is read', () => {
    expect(monitorsOf('a', 'apiVersion: mlops/v1\nkind: Model\nmetadata: {name: Monitor}\n')).toEqual([]);
    expect(monitorsOf('a', '- Monitor\n')).toEqual([]);
    expect(monitorsOf('a', 'Monitor')).toEqual([]);
    const bomb = `${monitor('one')}a: &a [1]\n${'abcdefgh'
      .split('')
      .map((n, i, all) => (i === 0 ? '' : `${n}: &${n} [${Array(9).fill(`*${all[i - 1]}`)}]`))
      .join('\n')}`;
    expect(monitorsOf('a', bomb)[0]?.problem).toMatch(/\w/);
  });
});
