import { digestOfJson } from '../../platform/canonical-json.ts';
import type { Gate } from './gate.ts';

/** SHA-256 of the canonical JSON (RFC 8785) of gates, hexadecimal: other gates, other digest. */
export function gatesDigest(gates: readonly Gate[]): string {
  return digestOfJson(gates).digest;
}
