import type { ApprovalCount } from '#schemas/domain/approval.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import type { ModelVersion } from '#schemas/domain/model-version.ts';
import type { ModelSummary, RegistryInfo } from '#schemas/protocol/models.ts';

/** What the Models view is made of. A node's id never changes; its data does. */
export interface ModelFolderNode {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  readonly name: string;
}

export interface ModelNode {
  readonly kind: 'model';
  readonly id: string;
  readonly folder: string;
  readonly model: ModelSummary;
  readonly registry: RegistryInfo;
}

export interface VersionNode {
  readonly kind: 'version';
  readonly id: string;
  readonly folder: string;
  readonly version: ModelVersion;
  /** For each stage whose approvals it has, or waits for. */
  readonly approvals: readonly ApprovalCount[];
  readonly registry: RegistryInfo;
}

/** There are more of them than are shown. */
export interface MoreModelsNode {
  readonly kind: 'more';
  readonly id: string;
  /** Of the node whose list goes on; of the folder for a list of models. */
  readonly parentId: string;
  readonly shown: number;
  readonly total: number;
}

export interface ModelErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly folder: string;
  readonly failure: Failure;
}

export interface ModelNoteNode {
  readonly kind: 'note';
  readonly id: string;
  readonly note: 'noModels' | 'noMatch';
}

export type RegistryNode = ModelFolderNode | ModelNode | VersionNode | MoreModelsNode | ModelErrorNode | ModelNoteNode;

const separator = '\u001f';
const join = (...parts: string[]) => parts.join(separator);

export const registryIds = {
  folder: (folder: string) => join('models', folder),
  model: (folder: string, model: string) => join('model', folder, model),
  version: (folder: string, model: string, version: string) => join('version', folder, model, version),
  more: (parentId: string) => join('more', parentId),
  error: (parentId: string) => join('error', parentId),
  note: (parentId: string) => join('note', parentId),
};
