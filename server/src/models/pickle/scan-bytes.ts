import { setImmediate as turn } from 'node:timers/promises';
import type { PickleFile, PickleFinding, PickleVerdict } from '#schemas/domain/pickle-report.ts';
import { ByteReader, type ByteSource, bytesSource } from './byte-reader.ts';
import { Findings, isHarmful } from './findings.ts';
import { type Damage, type ReadPickle, readPickle } from './read-pickle.ts';
import { isPickleName } from './recognize.ts';

/** What a pickle is called: the file, and the member where that is an archive. */
export interface PickleName {
  readonly path: string;
  readonly member: string | null;
}

export interface PickleStart {
  /** The bytes say themselves that they are a pickle. */
  readonly isMarked: boolean;
  /** Bytes before it. */
  readonly start?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A stream of pickles, one behind the other, such as PyTorch wrote before it used archives. */
const mostPickles = 10_000;

/**
 * Scans bytes that may begin with a pickle. Those that neither say so nor have such a name may be one by chance: they
 * count as one only where they are one to the end, or do harm.
 */
export async function scanPickles(
  name: PickleName,
  source: ByteSource,
  { isMarked, start = 0, signal }: PickleStart,
): Promise<PickleFile | null> {
  if (start > source.size) return unreadable(name, 'It ends in the middle.');
  const isWanted = isMarked || isPickleName(name.member ?? name.path);
  const reader = new ByteReader(source);
  reader.skip(start);
  const first = await drive(readPickle(reader), signal);
  const findings = new Findings();
  for (const finding of first.findings) findings.add(finding);
  if (first.damage !== null) return damaged(name, { findings: findings.list, damage: first.damage, isWanted });
  const isWhole = reader.left === 0;
  await scanRest(reader, findings, signal);
  if (!isWanted && !isWhole && findings.list.length === 0) return null;
  const { list } = findings;
  return { ...name, verdict: worst(list.map(({ verdict }) => verdict)) ?? 'safe', findings: [...list] };
}

/** What follows the first one may be more of them, or anything, such as the numbers of PyTorch’s tensors. */
async function scanRest(reader: ByteReader, findings: Findings, signal: AbortSignal | undefined): Promise<void> {
  for (let count = 1; reader.left > 0; count += 1) {
    if (count >= mostPickles) {
      findings.add(gap('There are more pickles in it than any model has.'));
      return;
    }
    const { findings: found, damage } = await drive(readPickle(reader), signal);
    for (const finding of damage === null ? found : found.filter(isHarmful)) findings.add(finding);
    if (damage?.isLimit) findings.add(gap(damage.detail));
    if (damage !== null) return;
  }
}

/** Whether bytes that a file begins with show that it is no pickle, whatever follows. */
export async function isSurelyNone(bytes: Buffer, signal: AbortSignal | undefined): Promise<boolean> {
  const { findings, damage } = await drive(readPickle(new ByteReader(bytesSource(bytes))), signal);
  return damage !== null && !damage.isLimit && !damage.isCut && !findings.some(isHarmful);
}

interface Damaged {
  readonly findings: readonly PickleFinding[];
  readonly damage: Damage;
  readonly isWanted: boolean;
}

function damaged(name: PickleName, { findings, damage, isWanted }: Damaged): PickleFile | null {
  if (!isWanted && !damage.isLimit && !findings.some(isHarmful)) return null;
  return unreadable(name, damage.detail, findings);
}

/** A file that nobody can say anything about, with what was seen before. */
export function unreadable(name: PickleName, why: string, findings: readonly PickleFinding[] = []): PickleFile {
  const all = [...findings, gap(why)];
  return { ...name, verdict: worst(all.map(({ verdict }) => verdict)) ?? 'unreadable', findings: all };
}

function gap(detail: string): PickleFinding {
  return { offset: 0, opcode: '', name: 'unreadable', verdict: 'unreadable', detail };
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
