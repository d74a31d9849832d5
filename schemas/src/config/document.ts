import { z } from 'zod';
import { deploymentDocument } from './deployment.ts';
import { modelDocument } from './model.ts';
import { monitorDocument } from './monitor.ts';
import { pipelineDocument } from './pipeline.ts';
import { workspaceDocument } from './workspace.ts';

/** The schema of each kind. */
export const documentSchemas = {
  Workspace: workspaceDocument,
  Pipeline: pipelineDocument,
  Deployment: deploymentDocument,
  Monitor: monitorDocument,
  Model: modelDocument,
} as const;

export type Kind = keyof typeof documentSchemas;
export const kinds = Object.keys(documentSchemas) as readonly Kind[];
export const apiVersion = 'mlops/v1';

export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(documentSchemas, value);
}

/** Any document. */
export const mlopsDocument = z.discriminatedUnion('kind', [
  workspaceDocument,
  pipelineDocument,
  deploymentDocument,
  monitorDocument,
  modelDocument,
]);
