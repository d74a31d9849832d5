import { type PanelState, panelDataChanged, panelInitialize, panelShow } from '#schemas/protocol/webview.ts';
import { connectToHost, type Host, type VsCodeApi } from './host.ts';

export interface PanelParts<P extends PanelState['panel']> {
  readonly panel: P;
  /** Makes the panel's element; `api` is there for what it remembers. */
  readonly create: (host: Host, api: VsCodeApi) => PanelRoot<P>;
}

export interface PanelRoot<P extends PanelState['panel']> extends HTMLElement {
  show(state: Extract<PanelState, { panel: P }>): void;
  dataChanged(): void;
  failed(error: unknown, retry: () => void): void;
}

/** Connects a page to its host and shows what the host says. */
export async function startPanel<P extends PanelState['panel']>({ panel, create }: PanelParts<P>): Promise<void> {
  const api = acquireVsCodeApi();
  const host = connectToHost(api);
  const element = create(host, api);
  document.querySelector('#root')?.append(element);
  const show = (state: PanelState) => {
    if (isOf(state, panel)) element.show(state);
  };
  host.on(panelShow, ({ state }) => show(state));
  host.on(panelDataChanged, () => element.dataChanged());
  const initialize = async (): Promise<void> => {
    try {
      show((await host.request(panelInitialize, {})).state);
    } catch (error) {
      element.failed(error, initialize);
    }
  };
  await initialize();
}

function isOf<P extends PanelState['panel']>(state: PanelState, panel: P): state is Extract<PanelState, { panel: P }> {
  return state.panel === panel;
}
