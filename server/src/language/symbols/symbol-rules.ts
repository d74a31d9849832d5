import type { Kind } from '#schemas/config/document.ts';
import type { ReferenceKind, SymbolKind } from './symbol.ts';

/** What a place of a document means for the symbol graph. */
export interface SymbolRule {
  /** The key defines a symbol. */
  readonly defines?: SymbolKind;
  /** The text that stands here defines a symbol. */
  readonly names?: SymbolKind;
  /** The text that stands here, or each item of the list, refers to one. */
  readonly refers?: ReferenceKind;
  /** The key refers to one. */
  readonly keyRefers?: ReferenceKind;
  /** The text is an expression without `${{ }}`. */
  readonly expression?: true;
  /** By key; `*` is any key or item. */
  readonly inside?: Readonly<Record<string, SymbolRule>>;
}

const metadata: SymbolRule = { inside: { name: { names: 'document' } } };

const step: SymbolRule = {
  defines: 'step',
  inside: {
    needs: { refers: 'step' },
    uses: { refers: 'pipelineFile' },
    entrypoint: { refers: 'entrypoint' },
    with: { inside: { '*': { keyRefers: 'argument' } } },
    inputs: { inside: { '*': { defines: 'stepInput' } } },
    outputs: { inside: { '*': { defines: 'stepOutput' } } },
    matrix: { inside: { '*': { defines: 'matrix' } } },
    register: { inside: { name: { refers: 'model' } } },
  },
};
const steps: SymbolRule = { inside: { '*': step } };

export const symbolRules: Readonly<Record<Kind, SymbolRule>> = {
  Pipeline: {
    inside: {
      metadata,
      params: { inside: { '*': { defines: 'param' } } },
      inputs: { inside: { '*': { defines: 'input' } } },
      outputs: { inside: { '*': { defines: 'output' } } },
      steps,
      finally: steps,
      tests: {
        inside: {
          '*': {
            inside: {
              steps: { refers: 'step' },
              params: { inside: { '*': { keyRefers: 'param' } } },
              inputs: { inside: { '*': { keyRefers: 'input' } } },
            },
          },
        },
      },
    },
  },
  Deployment: {
    inside: {
      metadata,
      model: { refers: 'model' },
      environment: { refers: 'environment' },
      analysis: { inside: { '*': { defines: 'analysis' } } },
      strategy: {
        inside: {
          canary: { inside: { steps: { inside: { '*': { inside: { analysis: { refers: 'analysis' } } } } } } },
          blueGreen: { inside: { analysis: { refers: 'analysis' } } },
          abTest: { inside: { metric: { refers: 'analysis' } } },
          shadow: { inside: { analysis: { refers: 'analysis' } } },
        },
      },
    },
  },
  Monitor: {
    inside: {
      metadata,
      model: { refers: 'model' },
      environment: { refers: 'environment' },
      drift: {
        inside: {
          detectors: { inside: { '*': { defines: 'detector' } } },
          columns: { inside: { '*': { inside: { detector: { refers: 'detector' } } } } },
        },
      },
      metrics: { inside: { '*': { inside: { name: { names: 'metric' } } } } },
      alerts: { inside: { '*': { inside: { channel: { refers: 'channel' }, when: { expression: true } } } } },
    },
  },
  Workspace: {
    inside: {
      metadata,
      tracking: { inside: { '*': { inside: { name: { names: 'tracker' } } } } },
      environments: { inside: { '*': { defines: 'environment', inside: { stage: { refers: 'stage' } } } } },
      alerting: { inside: { channels: { inside: { '*': { inside: { name: { names: 'channel' } } } } } } },
      access: {
        inside: {
          roles: { inside: { '*': { defines: 'role' } } },
          members: { inside: { '*': { inside: { role: { refers: 'role' }, publicKey: { refers: 'file' } } } } },
        },
      },
    },
  },
  Model: {
    inside: {
      metadata,
      card: { refers: 'file' },
      stages: { inside: { '*': { inside: { name: { names: 'stage' }, approvers: { refers: 'role' } } } } },
      signing: { inside: { keys: { refers: 'file' } } },
    },
  },
};
