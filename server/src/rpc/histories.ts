import { relative, sep } from 'node:path';
import { MonitorHistory, type MonitorKey } from '../monitoring/monitor-history.ts';
import type { BackendContext } from './context.ts';

/** A monitor by the absolute path of its file. */
interface NamedMonitor {
  readonly file: string;
  readonly name: string;
}

/** The histories of monitors that panels look into, opened with the first look. */
export class Histories {
  readonly #context: BackendContext;
  readonly #opened = new Map<string, MonitorHistory>();

  constructor(context: BackendContext) {
    this.#context = context;
  }

  /** The history of a workspace’s monitors, and the key of one there. Fails where the workspace is not trusted. */
  async of(folder: string, { file, name }: NamedMonitor): Promise<{ history: MonitorHistory; key: MonitorKey }> {
    const { root } = (await this.#context.workspace(folder)).configuration;
    const history = this.#opened.get(root) ?? new MonitorHistory(root);
    this.#opened.set(root, history);
    return { history, key: { file: relative(root, file).split(sep).join('/'), name } };
  }

  dispose(): void {
    for (const history of this.#opened.values()) history.close();
    this.#opened.clear();
  }
}
