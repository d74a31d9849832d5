/** What could not be read, by path; told once, forgotten when it can be read again. */
export interface Warnings {
  add(path: string, message: string): void;
  clear(path: string): void;
  readonly messages: readonly string[];
}

const MOST = 1000;

export function createWarnings(tell: (message: string) => void): Warnings {
  const known = new Map<string, string>();
  return {
    add(path, message) {
      if (known.get(path) === message || known.size >= MOST) return;
      known.set(path, message);
      tell(message);
    },
    clear(path) {
      known.delete(path);
    },
    get messages() {
      return [...known.values()];
    },
  };
}
