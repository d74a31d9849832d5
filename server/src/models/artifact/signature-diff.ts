import type { IoSignature } from '#schemas/domain/model-version.ts';
import type { SchemaChange } from '../gates/gate.ts';
import type { Bump } from '../version-order.ts';
import { compareFields } from './field-diff.ts';
import { type Finding, worstOf } from './finding.ts';

/**
 * What a change of inputs, outputs and params means for who uses a model by the earlier signature: `breaking` where a
 * call that was right may fail or its answer is read wrongly, `compatible` where all of them still work, `unknown` where
 * one of the two does not say. Inputs may ask for less and take more; outputs may promise more; columns with names may
 * change their order.
 */
export function compareSignatures(before: IoSignature | null, after: IoSignature | null): SchemaChange {
  if (before === null || after === null) return unknown(missing(before, after));
  const findings = [
    ...compareInputs(before.inputs, after.inputs),
    ...compareOutputs(before.outputs, after.outputs),
    ...compareFields('param', before.params ?? [], after.params ?? []),
  ];
  const type = worstOf(findings);
  const details = findings.map(({ text }) => text);
  if (type !== 'unknown') return { type, details };
  return unknown(
    findings
      .filter((finding) => finding.type === 'unknown')
      .map(({ text }) => text)
      .join(' '),
  );
}

/** How far a version has to go for a change: `patch` too where nobody knows what changed. */
export function proposedBump({ type }: Pick<SchemaChange, 'type'>): Bump {
  if (type === 'breaking') return 'major';
  return type === 'compatible' ? 'minor' : 'patch';
}

function unknown(detail: string): SchemaChange {
  return { type: 'unknown', details: [detail] };
}

function missing(before: IoSignature | null, after: IoSignature | null): string {
  if (before === null && after === null) return 'Neither version says what goes in and what comes out.';
  return `The ${before === null ? 'earlier' : 'new'} version does not say what goes in and what comes out.`;
}

type Fields = IoSignature['inputs'];

function compareInputs(before: Fields, after: Fields): Finding[] {
  if (before !== null && after !== null) return compareFields('input', before, after);
  if (before === after) return [];
  const text =
    before === null
      ? 'Inputs are checked now, and were not stated before.'
      : 'Inputs are not stated any more, and so are not checked.';
  return [{ type: 'unknown', text }];
}

function compareOutputs(before: Fields, after: Fields): Finding[] {
  if (before !== null && after !== null) return compareFields('output', before, after);
  if (before === after) return [];
  if (before === null) return [{ type: 'compatible', text: 'Outputs are stated now.' }];
  return [{ type: 'unknown', text: 'Outputs are not stated any more.' }];
}
