/** Work of which only so much goes on at once; what a person waits for comes before what is scheduled. */
export class CheckQueue {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Fails as the work does, and with the signal's reason where it is aborted before it began. */
  async run<T>(work: () => Promise<T>, { signal, isUrgent }: { signal: AbortSignal; isUrgent: boolean }): Promise<T> {
    if (this.#running >= this.#limit) await this.#turn(signal, isUrgent);
    else this.#running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // Whoever is next takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(signal: AbortSignal, isUrgent: boolean): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (isUrgent) this.#waiting.unshift(begin);
      else this.#waiting.push(begin);
    });
  }
}
