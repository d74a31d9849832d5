import { z } from 'zod';
import { sha256 } from './model-version.ts';
import { jsonNumber } from './number.ts';

/** What one gate found. `value` and `bound` are what was measured and what it had to be, in the gate's own unit. */
export const gateResult = z.object({
  /** `auc ≥ 0.8`, `signed`, …: unique within a report. */
  name: z.string(),
  passed: z.boolean(),
  value: z.union([jsonNumber, z.string(), z.boolean()]).nullable(),
  bound: z.union([jsonNumber, z.string(), z.boolean()]).nullable(),
  /** One line for a person: why it did not pass, or what was seen. */
  detail: z.string(),
});
export type GateResult = z.infer<typeof gateResult>;

/** The evidence that a version passed its gates, or did not; kept by the digest of its canonical JSON. */
export const gateReport = z.object({
  model: z.string(),
  version: z.string(),
  manifestDigest: sha256,
  /** SHA-256 of the canonical JSON of the gates that were asked for: other gates, other report. */
  gatesDigest: sha256,
  passed: z.boolean(),
  gates: z.array(gateResult),
  /** Unix milliseconds. */
  createdAt: z.number(),
});
export type GateReport = z.infer<typeof gateReport>;
