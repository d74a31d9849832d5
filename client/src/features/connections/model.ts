import type { Connection } from '#schemas/domain/connection.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import { listConnections } from '#schemas/protocol/workspace.ts';
import type { Server } from '../../platform/server-connection.ts';
import type { ConnectionEntryNode, ConnectionNode } from './nodes.ts';

export interface ConnectionsModelOptions {
  readonly server: Pick<Server, 'request'>;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
  readonly toFailure: (error: unknown) => Failure;
  /** Connections were checked in the background: what is shown is out of date. */
  readonly onChecked: () => void;
}

/**
 * Connections of all folders. They are listed at once as configured, and checked behind that: a server that is slow to
 * answer keeps nobody from seeing the others.
 */
export class ConnectionsModel {
  private readonly options: ConnectionsModelOptions;
  private readonly shown = new Map<string, readonly ConnectionNode[]>();
  private readonly checking = new Map<string, Promise<void>>();

  constructor(options: ConnectionsModelOptions) {
    this.options = options;
  }

  async children(node?: ConnectionNode): Promise<readonly ConnectionNode[]> {
    if (node) return node.kind === 'folder' ? this.ofFolder(node.folder) : [];
    const folders = this.options.folders();
    const [only] = folders;
    if (only && folders.length === 1) return this.ofFolder(only.uri);
    return folders.map(({ uri, name }) => ({ kind: 'folder', id: `folder ${uri}`, folder: uri, name }));
  }

  /** The node that VS Code hands to a command, if it is one of ours. */
  nodeOf(value: unknown): ConnectionNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
    return [...this.shown.values()].flat().find(({ id }) => id === value.id);
  }

  /** Connections that need somebody, by id. */
  needingAttention(): string[] {
    return [...this.shown].flatMap(([folder, nodes]) =>
      needingAttention(
        folder,
        nodes.filter((node) => node.kind === 'connection').map(({ connection }) => connection),
      ),
    );
  }

  /** Connections of all folders as configured, unchecked. */
  async list(): Promise<ConnectionEntryNode[]> {
    const lists = await Promise.all(this.options.folders().map(({ uri }) => this.fetch(uri, false)));
    return lists.flat().filter((node) => node.kind === 'connection');
  }

  /** What is known is out of date; the next look fetches and checks anew. */
  forget(): void {
    this.shown.clear();
    this.checking.clear();
  }

  private async ofFolder(folder: string): Promise<readonly ConnectionNode[]> {
    const shown = this.shown.get(folder);
    if (shown) return shown;
    const nodes = await this.fetch(folder, false);
    this.shown.set(folder, nodes);
    this.check(folder);
    return nodes;
  }

  private check(folder: string): void {
    const check = this.fetch(folder, true).then((nodes) => {
      if (this.checking.get(folder) !== check) return;
      this.checking.delete(folder);
      this.shown.set(folder, nodes);
      this.options.onChecked();
    });
    this.checking.set(folder, check);
  }

  private async fetch(folder: string, check: boolean): Promise<readonly ConnectionNode[]> {
    try {
      const { connections, warnings } = await this.options.server.request(listConnections, { folder, check });
      return [
        ...connections.map(
          (connection): ConnectionNode => ({ kind: 'connection', id: idOf(folder, connection), folder, connection }),
        ),
        ...warnings.map(
          ({ file, message }, index): ConnectionNode => ({
            kind: 'warning',
            id: `warning ${folder} ${index}`,
            folder,
            file,
            message,
          }),
        ),
      ];
    } catch (error) {
      return [{ kind: 'error', id: `error ${folder}`, folder, failure: this.options.toFailure(error) }];
    }
  }
}

/** Ids of those connections that need somebody. */
export function needingAttention(folder: string, connections: readonly Connection[]): string[] {
  return connections.filter(({ attention }) => attention !== null).map((connection) => idOf(folder, connection));
}

function idOf(folder: string, { kind, name }: Connection): string {
  return `connection ${folder} ${kind} ${name}`;
}
