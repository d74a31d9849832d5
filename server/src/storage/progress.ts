/** Turns what happens to pieces of a whole into one figure that never goes back. */
export class Progress {
  readonly #total: number;
  readonly #tell: ((done: number, total: number) => void) | undefined;
  #done = 0;
  #told = -1;

  constructor(total: number, tell: ((done: number, total: number) => void) | undefined) {
    this.#total = total;
    this.#tell = tell;
  }

  /** `bytes` may be negative: what has to be done anew counts again only once it has caught up. */
  add(bytes: number): void {
    this.#done += bytes;
    if (this.#done <= this.#told) return;
    this.#told = this.#done;
    this.#tell?.(this.#done, this.#total);
  }

  /** All of it is done. */
  finish(): void {
    this.add(this.#total - this.#done);
  }
}
