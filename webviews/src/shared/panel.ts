import type { z } from 'zod';
import { type PanelState, panelDataChanged, panelInitialize, panelShow } from '#schemas/protocol/webview.ts';
import { connectToHost } from './host.ts';
import type { PanelElement } from './panel-element.ts';

/** Connects a page to its host and shows what the host says. */
export async function startPanel<P extends PanelState['panel'], S extends z.ZodObject>(
  panel: P,
  element: PanelElement<P, S>,
): Promise<void> {
  const api = acquireVsCodeApi();
  const host = connectToHost(api);
  element.connect(host, api);
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
