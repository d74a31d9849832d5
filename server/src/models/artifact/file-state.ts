import type { BigIntStats } from 'node:fs';

/** What differs once a file was written to or replaced. Compare two with {@link sameState}. */
export interface FileState {
  readonly size: bigint;
  readonly modified: bigint;
  /** Moves with every write, also where the time of modification was set back. */
  readonly changed: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

export function stateOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): FileState {
  return { size, modified: mtimeNs, changed: ctimeNs, inode: ino, device: dev };
}

export function sameState(a: FileState, b: FileState): boolean {
  return (
    a.size === b.size &&
    a.modified === b.modified &&
    a.changed === b.changed &&
    a.inode === b.inode &&
    a.device === b.device
  );
}
