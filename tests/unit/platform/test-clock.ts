import type { PollClock } from '#server/platform/poll.ts';

/** Time that passes when the test says so, and waits for what it set off. */
export class TestClock implements PollClock {
  time = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];

  now = () => this.time;

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get next(): number | null {
    return this.#timers.length === 0 ? null : Math.min(...this.#timers.map(({ at }) => at)) - this.time;
  }

  async pass(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
