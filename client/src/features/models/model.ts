import { l10n } from 'vscode';
import type { Failure } from '#schemas/domain/failure.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import { ClientFailure } from '../../platform/failures.ts';
import type { Server } from '../../platform/server-connection.ts';
import { type RegistryFilter, readModels, readVersions } from './lists.ts';
import { type ModelNode, type RegistryNode, registryIds } from './nodes.ts';

export interface RegistryModelOptions {
  readonly server: Pick<Server, 'request'>;
  readonly folders: () => readonly { readonly uri: string; readonly name: string }[];
  readonly toFailure: (error: unknown) => Failure;
}

const pageSize = 200;

/** The model registries of all folders, as far as somebody looked. */
export class RegistryModel {
  filter: RegistryFilter = { text: '', archived: false };
  private readonly options: RegistryModelOptions;
  private readonly known = new Map<string, RegistryNode>();
  /** How many of a list are wanted, by the id of what it is below. */
  private readonly wanted = new Map<string, number>();
  private readonly parents = new Map<string, RegistryNode | undefined>();
  private readonly listed = new Set<string>();

  constructor(options: RegistryModelOptions) {
    this.options = options;
  }

  async children(node?: RegistryNode): Promise<readonly RegistryNode[]> {
    const nodes = await this.fetch(node);
    for (const each of nodes) {
      this.known.set(each.id, each);
      this.parents.set(each.id, node);
    }
    return nodes;
  }

  /** Whether the models of a folder were asked for, however that went. */
  isListed(folder: string): boolean {
    return this.listed.has(folder);
  }

  /** What a node is below; undefined for the root's. */
  parentOf(node: RegistryNode): RegistryNode | undefined {
    return this.parents.get(node.id);
  }

  /** The node of a version, after as many of both lists are wanted as it takes to come to it. */
  async reach(folder: string, { model, version }: Pick<ModelVersion, 'model' | 'version'>): Promise<RegistryNode> {
    const { server, folders } = this.options;
    const { models } = await readModels(server, { folder, ...this.filter }, Number.POSITIVE_INFINITY);
    this.want(
      registryIds.folder(folder),
      models.findIndex(({ name }) => name === model),
    );
    const { versions } = await readVersions(server, { folder, model, ...this.filter }, Number.POSITIVE_INFINITY);
    this.want(
      registryIds.model(folder, model),
      versions.findIndex((each) => each.version === version),
    );
    const path = [registryIds.model(folder, model), registryIds.version(folder, model, version)];
    if (folders().length > 1) path.unshift(registryIds.folder(folder));
    let node: RegistryNode | undefined;
    for (const id of path) {
      node = (await this.children(node)).find((child) => child.id === id);
      if (!node) throw new ClientFailure('not-found', l10n.t('{0} is not in the Models view.', `${model}@${version}`));
    }
    if (!node) throw new Error('A path has at least one part.');
    return node;
  }

  private want(parentId: string, index: number): void {
    const pages = Math.ceil((index + 1) / pageSize) * pageSize;
    this.wanted.set(parentId, Math.max(this.wanted.get(parentId) ?? pageSize, pages));
  }

  /** The node that VS Code hands to a command, if it is one of ours. */
  nodeOf(value: unknown): RegistryNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
      return undefined;
    return this.known.get(value.id);
  }

  /** More of a list are wanted; answers the node that it is below, undefined for the root. */
  showMore(parentId: string): RegistryNode | undefined {
    this.wanted.set(parentId, (this.wanted.get(parentId) ?? pageSize) + pageSize);
    return this.known.get(parentId);
  }

  private async fetch(node: RegistryNode | undefined): Promise<readonly RegistryNode[]> {
    if (node?.kind === 'folder') return this.orFailure(node, () => this.models(node.folder));
    if (node?.kind === 'model') return this.orFailure(node, () => this.versions(node));
    if (node) return [];
    const folders = this.options.folders();
    const [only] = folders;
    if (only && folders.length === 1) {
      const root = { id: registryIds.folder(only.uri), folder: only.uri };
      return this.orFailure(root, () => this.models(only.uri));
    }
    return folders.map(({ uri, name }) => ({ kind: 'folder', id: registryIds.folder(uri), folder: uri, name }));
  }

  private async models(folder: string): Promise<RegistryNode[]> {
    this.listed.add(folder);
    const parentId = registryIds.folder(folder);
    const count = this.wanted.get(parentId) ?? pageSize;
    const { models, total, registry } = await readModels(this.options.server, { folder, ...this.filter }, count);
    if (models.length === 0) {
      // With nothing at all, the view's welcome says what to do.
      if (this.filter.text === '') return this.options.folders().length > 1 ? [note(parentId, 'noModels')] : [];
      return [note(parentId, 'noMatch')];
    }
    const nodes = models.map(
      (model): RegistryNode => ({ kind: 'model', id: registryIds.model(folder, model.name), folder, model, registry }),
    );
    return [...nodes, ...more(parentId, models.length, total)];
  }

  private async versions({ folder, model: { name: model }, registry }: ModelNode): Promise<RegistryNode[]> {
    const parentId = registryIds.model(folder, model);
    const count = this.wanted.get(parentId) ?? pageSize;
    const query = { folder, model, ...this.filter };
    const { versions, total, approvals } = await readVersions(this.options.server, query, count);
    const nodes = versions.map(
      (version): RegistryNode => ({
        ...{ kind: 'version', id: registryIds.version(folder, model, version.version), folder, version, registry },
        approvals: approvals.filter((count) => count.version === version.version),
      }),
    );
    return [...nodes, ...more(parentId, versions.length, total)];
  }

  private async orFailure(
    { id, folder }: { readonly id: string; readonly folder: string },
    fetch: () => Promise<RegistryNode[]>,
  ): Promise<readonly RegistryNode[]> {
    try {
      return await fetch();
    } catch (error) {
      return [{ kind: 'error', id: registryIds.error(id), folder, failure: this.options.toFailure(error) }];
    }
  }
}

function note(parentId: string, what: 'noModels' | 'noMatch'): RegistryNode {
  return { kind: 'note', id: registryIds.note(parentId), note: what };
}

function more(parentId: string, shown: number, total: number): RegistryNode[] {
  return shown < total ? [{ kind: 'more', id: registryIds.more(parentId), parentId, shown, total }] : [];
}
