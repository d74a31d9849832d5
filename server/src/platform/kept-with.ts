/** Something that is kept with an object for as long as the object lives. */
export interface KeptWith<Key extends object, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
}

/** Makes the object that it is called with the one that is built, so that a class above puts its private field there. */
class Itself {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what this class is for.
    return object;
  }
}

/**
 * What a WeakMap does, for notes about many small objects that live short: the note is a private field of the object,
 * which nobody else sees. A WeakMap with thousands of entries costs every collection of garbage a walk through it, and
 * keeps dead objects until a full one. Frozen objects can't hold notes.
 */
export function keptWith<Key extends object, Value>(): KeptWith<Key, Value> {
  class Note extends Itself {
    #value: Value;

    constructor(object: object, value: Value) {
      super(object);
      this.#value = value;
    }

    static get(key: Key): Value | undefined {
      return #value in key ? key.#value : undefined;
    }

    static set(key: Key, value: Value): void {
      if (#value in key) key.#value = value;
      else new Note(key, value);
    }
  }
  return Note;
}
