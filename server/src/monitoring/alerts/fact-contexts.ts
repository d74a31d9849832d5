import { type Parts, partsOf, Unknown, type Value } from '../../platform/expressions/values.ts';
import type { Fact, MonitorFacts } from '../monitor-facts.ts';
import { isSubset, type Labels } from './labels.ts';
import { exactFact } from './series-index.ts';

/** What an alert's condition can name for one label set: `drift`, `performance` and `metrics`. */
export function factContexts(facts: MonitorFacts, labels: Labels): (name: string) => Value | undefined {
  return (name) => {
    switch (name) {
      case 'drift':
        return driftValue(facts.drift);
      case 'performance':
        return series('the performance', facts.performance, labels);
      case 'metrics':
        return series('this monitor', facts.metrics, labels);
      default:
        return undefined;
    }
  };
}

function driftValue(drift: MonitorFacts['drift']): Value {
  if (drift === null) return new Unknown('This monitor has no drift section.');
  if ('unknown' in drift) return new Unknown(drift.unknown);
  const column = (name: string): Value => {
    const found = Object.hasOwn(drift.columns, name) ? drift.columns[name] : undefined;
    // A column may be gone from the data: nobody knows then, and the condition is no mistake.
    if (!found) return new Unknown(`The column ${name} was not compared.`);
    const why = `The column ${name} could not be compared.`;
    return partsOf(
      'a column',
      new Map([
        ['statistic', known(found.statistic, why)],
        ['drifted', found.drifted ?? new Unknown(why)],
        ['missing', known(found.missing, why)],
        ['threshold', known(found.threshold, `The column ${name} has no threshold.`)],
      ]),
    );
  };
  const columns: Parts = { title: 'the columns', member: column, names: () => Object.keys(drift.columns) };
  return partsOf(
    'the drift',
    new Map<string, Value>([
      ['share', known(drift.share, 'The share of drifted columns could not be told.')],
      ['drifted', drift.drifted ?? new Unknown('Whether the data drifted could not be told.')],
      ['rows', drift.rows],
      ['columns', columns],
    ]),
  );
}

function known(value: number | null, why: string): Value {
  if (value === null) return new Unknown(why);
  return Number.isNaN(value) ? new Unknown(`${why} Its value is no number.`) : value;
}

function series(title: string, facts: Readonly<Record<string, readonly Fact[]>>, labels: Labels): Parts {
  return {
    title,
    names: () => Object.keys(facts),
    member: (name) => {
      const found = Object.hasOwn(facts, name) ? facts[name] : undefined;
      if (!found) return new Unknown(`${name} was not measured.`);
      const fact = closest(found, labels);
      if (!fact) return new Unknown(`${name} has no data.`);
      if ('unknown' in fact) return new Unknown(fact.unknown);
      return Number.isNaN(fact.value) ? new Unknown(`${name} is no number (NaN).`) : fact.value;
    },
  };
}

/** The fact of this label set, else that of the most of its labels; the whole, without labels, goes with all. */
function closest(facts: readonly Fact[], labels: Labels): Fact | null {
  const exact = exactFact(facts, labels);
  if (exact) return exact;
  let best: Fact | null = null;
  for (const fact of facts) {
    if (!isSubset(fact.labels, labels)) continue;
    if (!best || Object.keys(fact.labels).length > Object.keys(best.labels).length) best = fact;
  }
  return best;
}
