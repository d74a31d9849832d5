import type { PerformanceMeasure } from '#schemas/config/monitor.ts';
import { FailureError } from '../../platform/failure.ts';
import { bootstrapInterval, resampledRows } from './bootstrap.ts';
import type { LabelledColumn, LabelledData } from './labelled-data.ts';
import { type LabelledRows, measureOf } from './measures.ts';
import type { Performance, PerformanceRequest, PerformanceSettings } from './performance-request.ts';

/** Measures of all rows and of every slice, in the order of the document. Fails with `input` where columns don’t fit the task. */
export function measurePerformance(
  data: LabelledData,
  { settings, minimumRows }: Pick<PerformanceRequest, 'settings' | 'minimumRows'>,
): readonly Performance[] {
  const names = settings.metrics.map(({ name }) => name);
  const whole = { labels: {}, take: null, rows: data.rows };
  if (data.rows < Math.max(minimumRows, 1)) {
    const reason = tooFew(data, minimumRows);
    return names.map((name) => lacking({ name, ...whole }, 'no-data', reason));
  }
  const rows = rowsFor(data, settings);
  const slices = data.slices.flatMap(({ column, values, codes }) =>
    values.map((value, code) => {
      const take = rowsWith(codes, code);
      return { labels: { [column]: value }, take, rows: take.length };
    }),
  );
  return names.flatMap((name) =>
    [whole, ...slices].map((part) => {
      const subject = { name, ...part };
      if (part.rows < minimumRows) {
        return lacking(subject, 'no-data', `It has ${part.rows} rows of the ${minimumRows} that a verdict needs.`);
      }
      return measured(subject, part.take === null ? rows : taken(rows, part.take));
    }),
  );
}

interface Subject {
  readonly name: PerformanceMeasure;
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: number;
}

function measured(subject: Subject, rows: LabelledRows): Performance {
  const measure = measureOf(subject.name, rows);
  if (measure === null) return lacking(subject, 'could-not-check', unfit(subject.name, rows));
  const value = measure(null);
  if (!Number.isFinite(value)) return lacking(subject, 'no-data', undefinedReason(subject.name));
  const drawn = resampledRows(subject.rows);
  const sampled = drawn.length === subject.rows ? measure : measureOf(subject.name, taken(rows, drawn));
  const interval = sampled && bootstrapInterval(value, sampled, { rows: drawn.length, all: subject.rows });
  const { name, labels } = subject;
  return { name, labels, rows: subject.rows, value, interval, lack: null, reason: null };
}

function lacking({ name, labels, rows }: Subject, lack: Performance['lack'], reason: string): Performance {
  return { name, labels, rows, value: null, interval: null, lack, reason };
}

function tooFew({ predicted, matched, rows }: LabelledData, minimumRows: number): string {
  if (predicted === 0) return 'There are no predictions.';
  if (matched === 0) return `None of the ${predicted} predictions has a label yet.`;
  if (rows === 0) return `Of the ${matched} predictions with a label, none has both values.`;
  return `${rows} of ${predicted} predictions have a label; a verdict needs ${minimumRows}.`;
}

function undefinedReason(name: PerformanceMeasure): string {
  if (name === 'precision') return 'Nothing was predicted to be positive.';
  if (name === 'recall' || name === 'f1') return 'No label is positive.';
  if (name === 'auc') return 'All labels are the same.';
  if (name === 'r2') return 'All labels are the same.';
  return 'The values give no number.';
}

function unfit(name: PerformanceMeasure, { task }: LabelledRows): string {
  if (task === 'regression') return `${name} is for classifications.`;
  if (['mae', 'rmse', 'r2', 'mape'].includes(name)) return `${name} is for regressions.`;
  return task === 'multiclass'
    ? `${name} is for two classes.`
    : `${name} needs probabilities, and the predictions are classes.`;
}

function rowsFor(data: LabelledData, settings: PerformanceSettings): LabelledRows {
  const { label, prediction } = data;
  const task = settings.task ?? guessTask(label, prediction);
  if (task === 'regression') {
    requireNumbers(label, settings.label);
    requireNumbers(prediction, settings.prediction);
    return { task, labels: label.numbers, predictions: prediction.numbers };
  }
  return classification(data, settings);
}

/** Numbers with a fraction, or many of them, are no classes. */
function guessTask(label: LabelledColumn, prediction: LabelledColumn): 'classification' | 'regression' {
  if (!label.isNumeric || !prediction.isNumeric) return 'classification';
  const isClass = label.classes?.every((value) => /^-?\d+$/.test(whole(value))) ?? false;
  return isClass && (label.classes?.length ?? 0) <= 20 ? 'classification' : 'regression';
}

function classification({ label, prediction }: LabelledData, settings: PerformanceSettings): LabelledRows {
  if (label.classes === null) {
    throw new FailureError('input', `The labels in ${settings.label} are too many for classes.`, {
      remedy: 'Set task: regression, or name another column.',
    });
  }
  const found = [...new Set(label.classes.map(whole))];
  const probabilities = areProbabilities(label, prediction) ? prediction.numbers : null;
  const predicted = probabilities === null ? (prediction.classes ?? []).map(whole) : [];
  const classes = ordered([...new Set([...found, ...predicted])]);
  if (probabilities === null && prediction.classes === null) {
    throw new FailureError(
      'input',
      `${settings.prediction} holds neither classes of ${settings.label} nor probabilities.`,
      {
        remedy: 'Probabilities are numbers from 0 to 1; set task: regression where these are amounts.',
      },
    );
  }
  const positive = positiveOf(classes, settings);
  if (classes.length > 2) {
    if (probabilities !== null) {
      throw new FailureError(
        'input',
        `${settings.prediction} holds probabilities, but there are ${classes.length} classes.`,
        {
          remedy: 'Name the column with the predicted class.',
        },
      );
    }
    const place = (of: LabelledColumn) => recoded(of, (value) => classes.indexOf(value));
    return { task: 'multiclass', classes: classes.length, labels: place(label), predictions: place(prediction) };
  }
  const isPositive = (of: LabelledColumn) => recoded(of, (value) => (value === positive ? 1 : 0));
  return {
    task: 'binary',
    labels: isPositive(label),
    probabilities,
    predictions: probabilities === null ? isPositive(prediction) : probabilities.map((one) => (one >= 0.5 ? 1 : 0)),
  };
}

/** Numbers from 0 to 1 that are not the classes themselves. */
function areProbabilities(label: LabelledColumn, prediction: LabelledColumn): boolean {
  if (!prediction.isNumeric) return false;
  const known = new Set(label.classes?.map(whole));
  if (prediction.classes?.every((value) => known.has(whole(value)))) return false;
  return prediction.numbers.every((value) => value >= 0 && value <= 1);
}

function positiveOf(classes: readonly string[], { positive, label }: PerformanceSettings): string {
  const greatest = classes.at(-1) ?? '';
  if (positive === undefined) return classes.length === 1 && isNegative(greatest) ? '' : greatest;
  const wanted = whole(String(positive));
  if (classes.length <= 2 && !classes.includes(wanted) && classes.length > 1) {
    throw new FailureError('input', `${label} has no value ${String(positive)}: it has ${classes.join(' and ')}.`, {
      remedy: 'Correct positive in the Monitor document.',
    });
  }
  return wanted;
}

/** Where only one class came, it may be the other one. */
function isNegative(value: string): boolean {
  return ['0', 'false', 'no', 'n', '-1', 'negative'].includes(value.toLowerCase());
}

/** As scikit-learn sorts classes: by number where all are, else by their letters. */
function ordered(classes: readonly string[]): string[] {
  const numeric = classes.every((value) => value.trim() !== '' && !Number.isNaN(Number(value)));
  return [...classes].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : Number(a > b)));
}

/** A class is the same as a whole number, whether a file holds it as 1 or as 1.0. */
function whole(value: string): string {
  return value.replace(/^(-?\d+)\.0+$/, '$1');
}

function recoded({ classes, codes }: LabelledColumn, to: (value: string) => number): Float64Array {
  const places = (classes ?? []).map((value) => to(whole(value)));
  return codes.map((code) => places[code] ?? Number.NaN);
}

function requireNumbers({ isNumeric }: LabelledColumn, column: string): void {
  if (isNumeric) return;
  throw new FailureError('input', `${column} holds no numbers, which a regression is about.`, {
    remedy: 'Set task: classification, or name another column.',
  });
}

function rowsWith(codes: Float64Array, code: number): Uint32Array {
  const found: number[] = [];
  for (let row = 0; row < codes.length; row++) if (codes[row] === code) found.push(row);
  return Uint32Array.from(found);
}

function taken<T extends LabelledRows>(rows: T, take: Uint32Array): T {
  const pick = (values: Float64Array) => Float64Array.from(take, (row) => values[row] ?? Number.NaN);
  const parts = { labels: pick(rows.labels), predictions: pick(rows.predictions) };
  if (rows.task !== 'binary') return { ...rows, ...parts };
  return { ...rows, ...parts, probabilities: rows.probabilities && pick(rows.probabilities) };
}
