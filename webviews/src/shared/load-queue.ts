/** Lets a few loads run at a time, those that came last first: they are of what is in sight now. */
export class LoadQueue {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<T>(signal: AbortSignal, load: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await this.#turn(signal);
    signal.throwIfAborted();
    this.#running += 1;
    try {
      return await load();
    } finally {
      this.#running -= 1;
      this.#waiting.pop()?.();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        const at = this.#waiting.indexOf(enter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      this.#waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
