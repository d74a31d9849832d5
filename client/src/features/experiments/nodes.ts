import type { Connection, ConnectionAttention } from '#schemas/domain/connection.ts';
import type { Failure } from '#schemas/domain/failure.ts';
import type { Experiment } from '#schemas/domain/run.ts';
import type { TreeRun } from '#schemas/protocol/experiments.ts';

/**
 * What the Experiments view is made of. A node's id never changes, so that VS Code keeps what is open and selected over
 * a refresh; the data of a node does.
 */
export interface FolderNode {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  name: string;
}

export interface TrackerNode {
  readonly kind: 'tracker';
  readonly id: string;
  readonly folder: string;
  connection: Connection;
}

export interface ExperimentEntryNode {
  readonly kind: 'experiment';
  readonly id: string;
  readonly folder: string;
  connection: Connection;
  experiment: Experiment;
  /** The only one of its tracker that has runs: it opens by itself. */
  only: boolean;
}

export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly folder: string;
  readonly experimentId: string;
  /** The id of the experiment's or parent run's node. */
  readonly parentId: string;
  connection: Connection;
  run: TreeRun;
}

export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  /** The node whose list goes on. */
  readonly parentId: string;
  shown: number;
  total: number | null;
}

export interface ErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly folder: string;
  /** The node that could not be filled; null: the whole view. */
  readonly parentId: string | null;
  connection: Connection | null;
  /** No node above it says which tracker it is about. */
  isNamed: boolean;
  failure: Failure;
  attention: ConnectionAttention | null;
}

export type NoteKind = 'waiting' | 'noTrackers' | 'noExperiments' | 'noRuns' | 'noMatch';

export interface NoteNode {
  readonly kind: 'note';
  readonly id: string;
  readonly parentId: string | null;
  note: NoteKind;
}

/** A node whose children are a list of runs that is fetched page by page. */
export type RunListNode = ExperimentEntryNode | RunNode;
export type ExperimentNode = FolderNode | TrackerNode | RunListNode | MoreNode | ErrorNode | NoteNode;

const separator = '\u001f';
const join = (...parts: string[]) => parts.join(separator);

export const nodeIds = {
  folder: (folder: string) => join('folder', folder),
  tracker: (folder: string, tracker: string) => join('tracker', folder, tracker),
  experiment: (folder: string, tracker: string, experimentId: string) =>
    join('experiment', folder, tracker, experimentId),
  run: (parentId: string, runId: string) => join('run', parentId, runId),
  more: (parentId: string) => join('more', parentId),
  error: (parentId: string) => join('error', parentId),
  note: (parentId: string) => join('note', parentId),
};
