import { formatRunRef, type RunRef } from '#schemas/domain/run.ts';

/** At most this many runs are compared at once. */
export const mostCompared = 200;

/** The runs that a person picked, in that order. A new value for each change. */
export class Selection {
  readonly refs: readonly RunRef[];
  readonly #names: ReadonlySet<string>;

  constructor(refs: readonly RunRef[] = []) {
    this.refs = refs;
    this.#names = new Set(refs.map(formatRunRef));
  }

  get size(): number {
    return this.refs.length;
  }

  has(ref: RunRef): boolean {
    return this.#names.has(formatRunRef(ref));
  }

  with(refs: readonly RunRef[]): Selection {
    const added = refs.filter((ref) => !this.has(ref));
    return added.length > 0 ? new Selection([...this.refs, ...added]) : this;
  }

  toggle(ref: RunRef): Selection {
    if (!this.has(ref)) return this.with([ref]);
    const name = formatRunRef(ref);
    return new Selection(this.refs.filter((other) => formatRunRef(other) !== name));
  }
}
