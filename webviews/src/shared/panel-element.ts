import type { PropertyDeclarations } from 'lit';
import type { z } from 'zod';
import type { PanelState } from '#schemas/protocol/webview.ts';
import { PageElement } from './element.ts';
import type { Host, VsCodeApi } from './host.ts';
import { ViewStore } from './view-store.ts';

/**
 * The element of a whole panel: `state`, what the host opened it for, and `view`, how the person looks at it, which is
 * remembered over a reload.
 */
export abstract class PanelElement<P extends PanelState['panel'], S extends z.ZodObject> extends PageElement {
  static override properties: PropertyDeclarations = {
    state: { state: true },
    view: { state: true },
    startError: { state: true },
  };

  host: Host | null = null;
  state: Extract<PanelState, { panel: P }> | null = null;
  view: z.output<S>;
  /** Why nothing could be shown at all. */
  startError: { error: unknown; retry: () => void } | null = null;
  readonly #schema: S;
  #store: ViewStore<S> | null = null;

  constructor(schema: S) {
    super();
    this.#schema = schema;
    this.view = schema.parse({});
  }

  /** Called once, before anything is shown; `api` keeps what is remembered. */
  connect(host: Host, api: VsCodeApi): void {
    const store = new ViewStore(api, this.#schema);
    this.host = host;
    this.#store = store;
    this.view = store.load();
    window.addEventListener('pagehide', () => store.flush());
    document.addEventListener('visibilitychange', () => store.flush());
  }

  abstract show(state: Extract<PanelState, { panel: P }>): void;

  /** Something that is shown changed. */
  abstract dataChanged(): void;

  failed(error: unknown, retry: () => void): void {
    this.startError = { error, retry };
  }

  protected remember(change: Partial<z.output<S>>): void {
    this.view = { ...this.view, ...change };
    this.#save();
  }

  /** Remembers what nothing is drawn from: there is no update for it. */
  protected rememberQuietly(change: Partial<z.output<S>>): void {
    Object.assign(this.view, change);
    this.#save();
  }

  #save(): void {
    if (this.state) this.#store?.save(this.state, this.view);
  }
}
