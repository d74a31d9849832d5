/** The type of a column or param, as MLflow's signatures know them. */
export type IoType =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'array' | 'map'; readonly of: IoType }
  | { readonly kind: 'object'; readonly properties: readonly IoProperty[] };

export interface IoProperty {
  readonly name: string;
  readonly type: IoType;
  readonly required: boolean;
}

const PLAIN = /^[A-Za-z_][\w.-]*$/;

/**
 * The text form: `double`, `array<double>`, `map<float>` (keys are strings), `object{role: string, tags?: array<string>}`
 * with properties in order of their names; names that are no identifiers stand in quotes.
 */
export function formatIoType(type: IoType): string {
  if (type.kind === 'scalar') return nameText(type.name);
  if (type.kind !== 'object') return `${type.kind}<${formatIoType(type.of)}>`;
  const properties = type.properties
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type: inner, required }) => `${nameText(name)}${required ? '' : '?'}: ${formatIoType(inner)}`);
  return `object{${properties.join(', ')}}`;
}

function nameText(name: string): string {
  return PLAIN.test(name) ? name : JSON.stringify(name);
}

/** Reads what {@link formatIoType} writes; null for anything else. */
export function parseIoType(text: string): IoType | null {
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*|[<>{},:?]|\S/g)].map(([token]) => token);
  const reader = new Reader(tokens);
  const type = reader.type();
  return type !== null && reader.atEnd ? type : null;
}

class Reader {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  type(): IoType | null {
    const token = this.#peek();
    const follower = this.#tokens[this.#next + 1];
    if ((token === 'array' || token === 'map') && follower === '<') return this.#container(token);
    if (token === 'object' && follower === '{') return this.#object();
    const name = this.#name();
    return name === null ? null : { kind: 'scalar', name };
  }

  #container(kind: 'array' | 'map'): IoType | null {
    this.#next += 2;
    const of = this.type();
    return of !== null && this.#take('>') ? { kind, of } : null;
  }

  #object(): IoType | null {
    this.#next += 2;
    const properties: IoProperty[] = [];
    while (!this.#take('}')) {
      if (properties.length > 0 && !this.#take(',')) return null;
      const property = this.#property();
      if (property === null) return null;
      properties.push(property);
    }
    return { kind: 'object', properties };
  }

  #property(): IoProperty | null {
    const name = this.#name();
    const required = !this.#take('?');
    const type = this.#take(':') ? this.type() : null;
    return name === null || type === null ? null : { name, type, required };
  }

  #name(): string | null {
    const token = this.#peek();
    if (token === undefined) return null;
    this.#next += 1;
    if (PLAIN.test(token)) return token;
    return token.length > 1 && token.startsWith('"') ? unquoted(token) : null;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#next += 1;
    return true;
  }
}

function unquoted(token: string): string | null {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
