import type { z } from 'zod';
import type { PanelState } from '#schemas/protocol/webview.ts';
import type { VsCodeApi } from './host.ts';

const saveAfter = 150;

/**
 * What a panel remembers over a reload: `state`, by which the host makes it anew, and `view`, the panel's own affair.
 * The schema has to have a default for each of its fields, so that what an older version saved is never in the way.
 */
export class ViewStore<S extends z.ZodType> {
  readonly #api: Pick<VsCodeApi, 'getState' | 'setState'>;
  readonly #schema: S;
  #pending: { state: PanelState; view: z.output<S> } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Pick<VsCodeApi, 'getState' | 'setState'>, schema: S) {
    this.#api = api;
    this.#schema = schema;
  }

  load(): z.output<S> {
    const saved = this.#api.getState();
    const view = typeof saved === 'object' && saved !== null && 'view' in saved ? saved.view : {};
    const parsed = this.#schema.safeParse(view);
    return parsed.success ? parsed.data : this.#schema.parse({});
  }

  /** Saves soon; several changes in a row are saved once. */
  save(state: PanelState, view: z.output<S>): void {
    this.#pending = { state, view };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), saveAfter);
  }

  /** Saves what is waiting to be: the page may be gone at any time once it is hidden. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending) this.#api.setState(this.#pending);
    this.#pending = null;
  }
}
