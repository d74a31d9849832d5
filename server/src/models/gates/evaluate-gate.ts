import type { GateResult } from '#schemas/domain/gate-report.ts';
import { toJsonNumber } from '#schemas/domain/number.ts';
import { bytesOf, durationMs } from '../../platform/units.ts';
import { missingSections } from './card-sections.ts';
import type { Gate, GateQuestions, GateSubject } from './gate.ts';

/** Asks one gate. What can't be found out has not passed: a gate never opens by mistake. */
export async function evaluateGate(gate: Gate, subject: GateSubject, questions: GateQuestions): Promise<GateResult> {
  if ('metric' in gate) return metricGate(gate, subject, questions);
  if ('signed' in gate) return signedGate(gate.signed, questions);
  if ('schemaCompatible' in gate) return schemaGate(gate.schemaCompatible, questions);
  if ('maxSize' in gate) return sizeGate(gate.maxSize, subject);
  if ('latency' in gate) return latencyGate(gate.latency, questions);
  if ('command' in gate) return commandGate(gate, questions);
  if ('card' in gate) return cardGate(gate.card, subject);
  if ('licences' in gate) return licenceGate(gate.licences, subject);
  return pickleGate(gate.safePickle, questions);
}

type MetricGate = Extract<Gate, { metric: string }>;

async function metricGate(gate: MetricGate, subject: GateSubject, questions: GateQuestions): Promise<GateResult> {
  const { metric } = gate;
  const value = subject.metrics[metric];
  const name = metricName(gate);
  if (value === undefined) {
    const known = Object.keys(subject.metrics).sort().join(', ');
    const detail = `The version has no metric ${metric}${known === '' ? '' : `; it has ${known}`}.`;
    return { name, passed: false, value: null, bound: gate.minimum ?? gate.maximum ?? null, detail };
  }
  const shown = toJsonNumber(value);
  if (Number.isNaN(value))
    return { name, passed: false, value: shown, bound: null, detail: `${metric} is not a number.` };
  if (gate.minimum !== undefined && !(value >= gate.minimum)) {
    const detail = `${metric} is ${value}, less than ${gate.minimum}.`;
    return { name, passed: false, value: shown, bound: gate.minimum, detail };
  }
  if (gate.maximum !== undefined && !(value <= gate.maximum)) {
    const detail = `${metric} is ${value}, more than ${gate.maximum}.`;
    return { name, passed: false, value: shown, bound: gate.maximum, detail };
  }
  if (gate.compare !== undefined) return comparedGate(name, { ...gate, compare: gate.compare }, value, questions);
  return {
    name,
    passed: true,
    value: shown,
    bound: gate.minimum ?? gate.maximum ?? null,
    detail: `${metric} is ${value}.`,
  };
}

async function comparedGate(
  name: string,
  gate: MetricGate & { compare: string },
  value: number,
  questions: GateQuestions,
): Promise<GateResult> {
  const { metric, compare, minimumDelta = 0, direction } = gate;
  const shown = toJsonNumber(value);
  const baseline = await questions.baseline(compare);
  if (baseline === null) {
    // The first version has nothing to be better than.
    return { name, passed: true, value: shown, bound: null, detail: `There is no ${compare} to compare with.` };
  }
  const other = baseline.metrics[metric];
  const { version } = baseline.version;
  if (other === undefined || Number.isNaN(other)) {
    const detail = `${compare} (${version}) has no ${metric} to compare with.`;
    return { name, passed: false, value: shown, bound: null, detail };
  }
  const bound = direction === 'higher' ? other + minimumDelta : other - minimumDelta;
  const passed = direction === 'higher' ? value >= bound : value <= bound;
  const detail = `${metric} is ${value}; ${compare} (${version}) has ${other}${minimumDelta === 0 ? '' : `, and ${minimumDelta} better is asked`}.`;
  return { name, passed, value: shown, bound: toJsonNumber(bound), detail };
}

function metricName({ metric, minimum, maximum, compare }: MetricGate): string {
  const bounds = [
    ...(minimum === undefined ? [] : [`≥ ${minimum}`]),
    ...(maximum === undefined ? [] : [`≤ ${maximum}`]),
    ...(compare === undefined ? [] : [`against ${compare}`]),
  ];
  return `${metric} ${bounds.join(', ')}`;
}

async function signedGate(wanted: boolean, questions: GateQuestions): Promise<GateResult> {
  if (!wanted) return notAsked('signed');
  const { valid, detail } = await questions.signature();
  return { name: 'signed', passed: valid, value: valid, bound: true, detail };
}

async function schemaGate(wanted: boolean, questions: GateQuestions): Promise<GateResult> {
  const name = 'schema compatible';
  if (!wanted) return notAsked(name);
  const change = await questions.schemaChange();
  if (change === null)
    return { name, passed: true, value: null, bound: 'compatible', detail: 'No version is in use yet.' };
  const passed = change.type === 'none' || change.type === 'compatible';
  const detail = change.details.length > 0 ? change.details.join(' ') : 'Inputs and outputs are the same.';
  return { name, passed, value: change.type, bound: 'compatible', detail };
}

function sizeGate(maxSize: string, { version }: GateSubject): GateResult {
  const bound = bytesOf(maxSize);
  const passed = version.size <= bound;
  return {
    name: `size ≤ ${maxSize}`,
    passed,
    value: version.size,
    bound,
    detail: `The files have ${version.size} bytes.`,
  };
}

async function latencyGate(
  { run, maximum, count }: Extract<Gate, { latency: object }>['latency'],
  questions: GateQuestions,
): Promise<GateResult> {
  const name = `latency ≤ ${maximum}`;
  const bound = durationMs(maximum);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const { exitCode, tail, durationMs: took } = await questions.run(run, Math.max(60_000, bound * 10));
    if (exitCode !== 0) return { name, passed: false, value: null, bound, detail: failed(run, exitCode, tail) };
    times.push(took);
  }
  const value = percentile95(times);
  const detail = `95 of 100 calls of ${run} take ${Math.round(value)} ms or less (${count} calls).`;
  return { name, passed: value <= bound, value, bound, detail };
}

/** Nearest rank: the smallest value that 95 % of all do not exceed. */
function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN;
}

async function commandGate(
  { command, name = command, timeout }: Extract<Gate, { command: string }>,
  questions: GateQuestions,
): Promise<GateResult> {
  const { exitCode, tail } = await questions.run(command, durationMs(timeout));
  const passed = exitCode === 0;
  return { name, passed, value: exitCode, bound: 0, detail: passed ? tail : failed(command, exitCode, tail) };
}

function failed(command: string, exitCode: number | null, tail: string): string {
  const how = exitCode === null ? 'took too long and was ended' : `ended with ${exitCode}`;
  return `${command} ${how}${tail === '' ? '.' : `: ${tail}`}`;
}

function cardGate(sections: readonly string[], { card }: GateSubject): GateResult {
  const name = 'card';
  const bound = sections.join(', ');
  if (card === null) return { name, passed: false, value: null, bound, detail: 'The version has no model card.' };
  const missing = missingSections(card, sections);
  const detail = missing.length === 0 ? 'All sections are there.' : `The card lacks: ${missing.join(', ')}.`;
  return { name, passed: missing.length === 0, value: missing.length === 0, bound, detail };
}

function licenceGate(allowed: readonly string[], { licence }: GateSubject): GateResult {
  const passed = licence !== null && allowed.includes(licence);
  const detail = licence === null ? 'The version names no licence.' : `Its licence is ${licence}.`;
  return { name: 'licence', passed, value: licence, bound: allowed.join(', '), detail };
}

async function pickleGate(wanted: boolean, questions: GateQuestions): Promise<GateResult> {
  if (!wanted) return notAsked('safe pickle');
  const { safe, detail } = await questions.pickles();
  return { name: 'safe pickle', passed: safe, value: safe, bound: true, detail };
}

function notAsked(name: string): GateResult {
  return { name, passed: true, value: null, bound: null, detail: 'Not asked for.' };
}
