import { setImmediate as turn } from 'node:timers/promises';
import type { PickleFile, PickleFinding, PickleVerdict } from '#schemas/domain/pickle-report.ts';
import { ByteReader, type ByteSource } from './byte-reader.ts';
import { type ReadPickle, readPickle } from './read-pickle.ts';
import { isPickleName } from './recognize.ts';

/** What a pickle is called: the file, and the member where that is an archive. */
export interface PickleName {
  readonly path: string;
  readonly member: string | null;
}

/** A stream of pickles, one behind the other, such as PyTorch wrote before it used archives. */
const mostPickles = 100;

/**
 * Scans bytes that begin with a pickle. `isMarked`: they say so themselves; else they may be one by chance, and count as
 * one only where they are one to the end, or do harm before they break.
 */
export async function scanPickles(
  name: PickleName,
  source: ByteSource,
  {
    isMarked,
    start = 0,
    signal,
  }: { readonly isMarked: boolean; readonly start?: number; readonly signal?: AbortSignal | undefined },
): Promise<PickleFile | null> {
  const reader = new ByteReader(source);
  reader.skip(start);
  const findings: PickleFinding[] = [];
  for (let count = 0; count < mostPickles; count += 1) {
    const { findings: found, damage } = await drive(readPickle(reader), signal);
    findings.push(...found);
    const isFirst = count === 0;
    if (damage !== null && isFirst) return damaged(name, { findings, damage, isMarked });
    // What follows the first one may be anything, such as the numbers of PyTorch’s tensors.
    if (damage !== null || reader.left === 0) break;
    if (!isMarked && isFirst && findings.length === 0) return null;
  }
  return { ...name, verdict: worst(findings.map(({ verdict }) => verdict)) ?? 'safe', findings };
}

function damaged(
  name: PickleName,
  { findings, damage, isMarked }: { findings: readonly PickleFinding[]; damage: string; isMarked: boolean },
): PickleFile | null {
  // Text may begin like a pickle; it hardly names something that Python could import, and harm.
  const isHarmful = findings.some((one) => one.verdict === 'dangerous' && /^[A-Za-z_][\w.]*$/.test(one.name));
  const isWanted = isMarked || isPickleName(name.member ?? name.path);
  if (!isHarmful && !isWanted) return null;
  return unreadable(name, damage, findings);
}

/** A file that nobody can say anything about, with what was seen before. */
export function unreadable(name: PickleName, why: string, findings: readonly PickleFinding[] = []): PickleFile {
  const gap: PickleFinding = { offset: 0, opcode: '', name: 'unreadable', verdict: 'unreadable', detail: why };
  const all = [...findings, gap];
  return { ...name, verdict: worst(all.map(({ verdict }) => verdict)) ?? 'unreadable', findings: all };
}

const order: readonly PickleVerdict[] = ['safe', 'suspicious', 'unreadable', 'dangerous'];

/** The worst of some verdicts; null of none. */
export function worst(verdicts: readonly PickleVerdict[]): PickleVerdict | null {
  return verdicts.reduce<PickleVerdict | null>(
    (most, verdict) => (most === null || order.indexOf(verdict) > order.indexOf(most) ? verdict : most),
    null,
  );
}

/** Runs a scan to its end and lets others have their turn whenever it gives way. */
async function drive(scan: Generator<void, ReadPickle>, signal: AbortSignal | undefined): Promise<ReadPickle> {
  for (;;) {
    const next = scan.next();
    if (next.done === true) return next.value;
    await turn();
    signal?.throwIfAborted();
  }
}
