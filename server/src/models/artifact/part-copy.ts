import { closeSync, constants, copyFileSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';

/** Whether this file system may still turn out to share the blocks of two files. */
let mayShareBlocks = true;

/**
 * A copy of a file that grows as the file is hashed, so that what is to be stored is read only once. It saves time and
 * nothing else: where it can't be written there is none, and whoever stores the file copies it then and says what is wrong.
 */
export class PartCopy {
  readonly #path: string;
  /** Null where nothing more is to be written. */
  #descriptor: number | null = null;
  #whole = false;

  constructor(original: string, path: string) {
    this.#path = path;
    if (mayShareBlocks && cloned(original, path)) {
      this.#whole = true;
      return;
    }
    mayShareBlocks = false;
    this.#try(() => {
      this.#descriptor = openSync(path, 'wx');
    });
  }

  write(part: Uint8Array): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    this.#try(() => {
      for (let offset = 0; offset < part.length; ) offset += writeSync(descriptor, part, offset);
    });
  }

  /** Brings it to the disk; false where there is no whole copy. */
  finish(): boolean {
    const descriptor = this.#descriptor;
    if (descriptor !== null) {
      this.#try(() => {
        fdatasyncSync(descriptor);
        this.#whole = true;
      });
    }
    this.#close();
    return this.#whole;
  }

  discard(): void {
    this.#close();
    this.#whole = false;
    rmSync(this.#path, { force: true });
  }

  #try(act: () => void): void {
    try {
      act();
    } catch {
      this.discard();
    }
  }

  #close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

function cloned(original: string, path: string): boolean {
  try {
    copyFileSync(original, path, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    rmSync(path, { force: true });
    return false;
  }
}
