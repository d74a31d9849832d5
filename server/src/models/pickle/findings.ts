import type { PickleFinding } from '#schemas/domain/pickle-report.ts';

const most = 100;

/** Names of what is found besides imports. */
export const hiddenImport = 'hidden import';
export const changedClass = 'changed class';

/** What is worth telling, each name once; harm is told before all else. */
export class Findings {
  readonly #list: PickleFinding[] = [];
  readonly #seen = new Set<string>();

  get list(): readonly PickleFinding[] {
    return this.#list;
  }

  add(finding: PickleFinding): void {
    const { verdict, name } = finding;
    if (verdict === 'safe' || this.#seen.has(`${verdict} ${name}`)) return;
    if (this.#list.length >= most) {
      const at = verdict === 'dangerous' ? this.#list.findIndex((one) => one.verdict !== 'dangerous') : -1;
      if (at < 0) return;
      this.#list.splice(at, 1);
    }
    this.#seen.add(`${verdict} ${name}`);
    this.#list.push(finding);
  }
}

/** Whether it does harm for sure: bytes that are no pickle hardly name something that Python could import. */
export function isHarmful({ verdict, name }: PickleFinding): boolean {
  if (verdict !== 'dangerous') return false;
  return name === hiddenImport || name === changedClass || /^[A-Za-z_][\w.]*$/.test(name);
}
