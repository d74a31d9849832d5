import type { PerformanceMeasure } from '#schemas/config/monitor.ts';

/** Rows of a classification with two classes: 1 is the positive one. */
export interface BinaryRows {
  readonly task: 'binary';
  readonly labels: Float64Array;
  /** Probability of the positive class; null where the predictions are classes. */
  readonly probabilities: Float64Array | null;
  /** 0 or 1; of probabilities, whether they are 0.5 or more. */
  readonly predictions: Float64Array;
}

/** Rows of a classification with more classes, as numbers from 0 on. */
export interface MulticlassRows {
  readonly task: 'multiclass';
  readonly classes: number;
  readonly labels: Float64Array;
  readonly predictions: Float64Array;
}

export interface RegressionRows {
  readonly task: 'regression';
  readonly labels: Float64Array;
  readonly predictions: Float64Array;
}

export type LabelledRows = BinaryRows | MulticlassRows | RegressionRows;

/** How often each row counts; null for once. */
export type Weights = Float64Array | null;

/** A measure of rows and weights; NaN where it is not defined on them. */
export type Measure = (weights: Weights) => number;

/** sys.float_info.epsilon: scikit-learn keeps logarithms and divisors away from 0 by it. */
const EPSILON = 2 ** -52;

/**
 * A measure as scikit-learn 1.x has it (`accuracy_score`, `precision_score`, …; precision, recall and F1 of more than two
 * classes are the mean over classes, `average="macro"`, 0 where a class has none). Null where it does not fit such rows.
 * Unlike there, precision without a positive prediction, recall without a positive label, AUC with one class alone and R² of
 * constant labels are NaN: nobody can tell.
 */
export function measureOf(name: PerformanceMeasure, rows: LabelledRows): Measure | null {
  if (rows.task === 'regression') return regression(name, rows);
  if (name === 'accuracy') return mean(rows.labels, (row) => (rows.labels[row] === rows.predictions[row] ? 1 : 0));
  if (name === 'precision' || name === 'recall' || name === 'f1') {
    return rows.task === 'binary' ? binaryScore(name, rows) : macroScore(name, rows);
  }
  return rows.task === 'binary' ? probabilistic(name, rows) : null;
}

function regression(name: PerformanceMeasure, { labels, predictions }: RegressionRows): Measure | null {
  const error = (row: number) => at(labels, row) - at(predictions, row);
  switch (name) {
    case 'mae':
      return mean(labels, (row) => Math.abs(error(row)));
    case 'rmse': {
      const squared = mean(labels, (row) => error(row) ** 2);
      return (weights) => Math.sqrt(squared(weights));
    }
    case 'mape':
      return mean(labels, (row) => Math.abs(error(row)) / Math.max(Math.abs(at(labels, row)), EPSILON));
    case 'r2':
      return determination(labels, error);
    default:
      return null;
  }
}

/** R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)². */
function determination(labels: Float64Array, error: (row: number) => number): Measure {
  const squared = mean(labels, (row) => error(row) ** 2);
  const average = mean(labels, (row) => at(labels, row));
  return (weights) => {
    const centre = average(weights);
    const spread = mean(labels, (row) => (at(labels, row) - centre) ** 2)(weights);
    return spread > 0 ? 1 - squared(weights) / spread : Number.NaN;
  };
}

function probabilistic(name: PerformanceMeasure, { labels, probabilities }: BinaryRows): Measure | null {
  if (probabilities === null) return null;
  switch (name) {
    case 'brier':
      return mean(labels, (row) => (at(probabilities, row) - at(labels, row)) ** 2);
    case 'log_loss':
      return mean(labels, (row) => {
        const probability = Math.min(Math.max(at(probabilities, row), EPSILON), 1 - EPSILON);
        return -Math.log(at(labels, row) === 1 ? probability : 1 - probability);
      });
    case 'auc':
      return areaUnderCurve(labels, probabilities);
    default:
      return null;
  }
}

/**
 * The area under the ROC curve, as the share of pairs of a positive and a negative row that are in the right order, those
 * with equal probabilities counted half (Mann and Whitney 1947; Hanley and McNeil 1982).
 */
function areaUnderCurve(labels: Float64Array, probabilities: Float64Array): Measure {
  const order = Uint32Array.from(labels.keys());
  order.sort((a, b) => at(probabilities, a) - at(probabilities, b));
  return (weights) => {
    let [below, positives, ordered] = [0, 0, 0];
    for (let start = 0; start < order.length; ) {
      const value = at(probabilities, order[start] ?? 0);
      let [tiedPositives, tiedNegatives, end] = [0, 0, start];
      for (; end < order.length && at(probabilities, order[end] ?? 0) === value; end++) {
        const row = order[end] ?? 0;
        const weight = weights === null ? 1 : at(weights, row);
        if (at(labels, row) === 1) tiedPositives += weight;
        else tiedNegatives += weight;
      }
      ordered += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      start = end;
    }
    return positives > 0 && below > 0 ? ordered / (positives * below) : Number.NaN;
  };
}

function binaryScore(name: 'precision' | 'recall' | 'f1', { labels, predictions }: BinaryRows): Measure {
  return (weights) => {
    let [hits, alarms, misses] = [0, 0, 0];
    for (let row = 0; row < labels.length; row++) {
      const weight = weights === null ? 1 : at(weights, row);
      if (at(predictions, row) === 1) {
        if (at(labels, row) === 1) hits += weight;
        else alarms += weight;
      } else if (at(labels, row) === 1) misses += weight;
    }
    return score(name, { hits, alarms, misses });
  };
}

interface Counts {
  readonly hits: number;
  readonly alarms: number;
  readonly misses: number;
}

function score(name: 'precision' | 'recall' | 'f1', { hits, alarms, misses }: Counts): number {
  if (name === 'precision') return hits / (hits + alarms);
  if (name === 'recall') return hits / (hits + misses);
  return (2 * hits) / (2 * hits + alarms + misses);
}

/** Classes that neither occur nor were predicted do not count. */
function macroScore(name: 'precision' | 'recall' | 'f1', { labels, predictions, classes }: MulticlassRows): Measure {
  return (weights) => {
    const [hits, predicted, present] = [
      new Float64Array(classes),
      new Float64Array(classes),
      new Float64Array(classes),
    ];
    for (let row = 0; row < labels.length; row++) {
      const weight = weights === null ? 1 : at(weights, row);
      const [label, prediction] = [at(labels, row), at(predictions, row)];
      present[label] = at(present, label) + weight;
      predicted[prediction] = at(predicted, prediction) + weight;
      if (label === prediction) hits[label] = at(hits, label) + weight;
    }
    let [sum, counted] = [0, 0];
    for (let one = 0; one < classes; one++) {
      if (at(present, one) + at(predicted, one) === 0) continue;
      const own = at(hits, one);
      const value = score(name, { hits: own, alarms: at(predicted, one) - own, misses: at(present, one) - own });
      sum += Number.isNaN(value) ? 0 : value;
      counted++;
    }
    return sum / counted;
  };
}

/** The weighted mean of something over rows; what is not finite makes it NaN. */
function mean(rows: Float64Array, of: (row: number) => number): Measure {
  return (weights) => {
    let [sum, total] = [0, 0];
    for (let row = 0; row < rows.length; row++) {
      const weight = weights === null ? 1 : at(weights, row);
      if (weight === 0) continue;
      sum += weight * of(row);
      total += weight;
    }
    return sum / total;
  };
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
