import type { Connection } from '#schemas/domain/connection.ts';
import type { Failure } from '#schemas/domain/failure.ts';

interface ConnectionFolderNode {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: string;
  readonly name: string;
}

export interface ConnectionEntryNode {
  readonly kind: 'connection';
  readonly id: string;
  readonly folder: string;
  readonly connection: Connection;
}

export interface WarningNode {
  readonly kind: 'warning';
  readonly id: string;
  readonly folder: string;
  readonly file: string;
  readonly message: string;
}

export interface ConnectionErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly folder: string;
  readonly failure: Failure;
}

export type ConnectionNode = ConnectionFolderNode | ConnectionEntryNode | WarningNode | ConnectionErrorNode;
