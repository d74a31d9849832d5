export interface PatienceOptions<T> {
  /** Resolves when those who wait have waited long enough. */
  readonly enough: () => Promise<void>;
  /** Stands in for what was never there yet. */
  readonly placeholder: (key: string) => T;
  /** What took longer is there now: asking for it again gives it at once. */
  readonly onArrived: (key: string) => void;
}

/**
 * Answers soon, whatever takes how long. VS Code shows a refreshed tree when the last of its open nodes has answered: a
 * server that is slow, or a question that nobody has answered yet, must not keep the others from being seen. What takes
 * long is stood in for by what was there before.
 */
export class Patience<T> {
  private readonly options: PatienceOptions<T>;
  private readonly last = new Map<string, T>();
  private readonly arrived = new Map<string, T>();
  private readonly pending = new Map<string, Pending<T>>();

  constructor(options: PatienceOptions<T>) {
    this.options = options;
  }

  async get(key: string, produce: () => Promise<T>): Promise<T> {
    const arrived = this.arrived.get(key);
    if (arrived !== undefined) {
      this.arrived.delete(key);
      return arrived;
    }
    const pending = this.pending.get(key) ?? this.start(key, produce);
    const inTime = pending.value.then((value) => ({ value }));
    const answer = await Promise.race([inTime, this.options.enough().then(() => null)]);
    if (answer) return answer.value;
    pending.isLate = true;
    return this.last.get(key) ?? this.options.placeholder(key);
  }

  /** What is on its way, to one key or all, is out of date: the next one who asks starts anew. */
  forget(key?: string): void {
    if (key === undefined) {
      this.pending.clear();
      this.arrived.clear();
    } else {
      this.pending.delete(key);
      this.arrived.delete(key);
    }
  }

  private start(key: string, produce: () => Promise<T>): Pending<T> {
    const pending: Pending<T> = { value: produce(), isLate: false };
    this.pending.set(key, pending);
    const end = (): boolean => this.pending.get(key) === pending && this.pending.delete(key);
    pending.value.then((value) => {
      if (!end()) return;
      this.last.set(key, value);
      if (!pending.isLate) return;
      this.arrived.set(key, value);
      this.options.onArrived(key);
    }, end);
    return pending;
  }
}

interface Pending<T> {
  readonly value: Promise<T>;
  /** Somebody was given a stand-in. */
  isLate: boolean;
}
