/** Pools grow in steps, so that an item more or less makes no new elements. Even, so that stripes keep to elements. */
const step = 8;

/**
 * Gives each item (a row, a column) in sight an element out of a few, used over and over: what leaves on one side comes
 * back on the other. While things move, elements keep their order in the page, for to move one has all of it laid out
 * again; the order is put right when they rest, for those who have the page read to them.
 */
export class GridPool {
  #size = step;
  #order: readonly (number | string)[] = [];

  /** The items with their slots, in the order of their elements. `own` is the item that has an element to itself. */
  arrange(
    items: readonly number[],
    { moving, own }: { moving: boolean; own: number },
  ): { item: number; slot: number | string }[] {
    this.#size = Math.max(this.#size, Math.ceil(items.length / step) * step);
    const placed = items.map((item) => ({ item, slot: item === own ? 'own' : item % this.#size }));
    if (moving) {
      const order = new Map(this.#order.map((slot, position) => [slot, position]));
      const position = (slot: number | string) => order.get(slot) ?? Number.POSITIVE_INFINITY;
      placed.sort((a, b) => {
        const [left, right] = [position(a.slot), position(b.slot)];
        return left === right ? 0 : left - right;
      });
    }
    this.#order = placed.map(({ slot }) => slot);
    return placed;
  }
}
