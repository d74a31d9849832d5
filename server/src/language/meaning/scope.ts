import type { ExpressionScope } from '../expressions/type-check.ts';
import { any, boolean, number, type ObjectType, objectOf, openObject, type Type, text } from '../expressions/types.ts';
import { definitionsOf, type Unit } from '../symbols/file-symbols.ts';
import { type Origin, usedBy } from '../symbols/resolve.ts';
import type { ExpressionUse, Parameter } from '../symbols/symbol.ts';
import { artifactType } from './artifact-type.ts';
import { producerOf } from './producers.ts';

/**
 * Told of every step whose look decides the outcome, so that the outcome can be kept until one of them changes; of the
 * empty name where something was not found, which anything could change.
 */
export type Seen = (step: string) => void;

/** The contexts of an expression: what can be named where it stands. */
export function scopeOf(origin: Origin, unit: Unit, use: ExpressionUse, seen: Seen = () => {}): ExpressionScope {
  const contexts = contextsOf(origin, unit, use, seen);
  return {
    context: (name) => (Object.hasOwn(contexts, name) ? (contexts[name]?.() ?? null) : null),
    names: () => Object.keys(contexts),
  };
}

type Contexts = Readonly<Record<string, () => Type>>;

const everywhere: Contexts = {
  env: () => openObject('the environment', text),
  secrets: () => openObject('the secrets', text),
};

const model = () => objectOf('the model', { name: text, version: text, digest: text, uri: text, path: text });

function contextsOf(origin: Origin, unit: Unit, use: ExpressionUse, seen: Seen): Contexts {
  switch (origin.document.kind) {
    case 'Pipeline':
      return pipelineContexts(origin, unit, seen);
    case 'Deployment':
      return {
        model,
        version: () => text,
        environment: () => text,
        deployment: () => objectOf('the deployment', { name: text, engine: text, namespace: text }),
        ...everywhere,
      };
    case 'Monitor':
      return use.path[0] === 'alerts' && use.path.at(-1) === 'when'
        ? alertContexts(origin)
        : { model, version: () => text, environment: () => text, ...everywhere };
    case 'Model':
      return { model, version: () => text, ...everywhere };
    default:
      return everywhere;
  }
}

function alertContexts(origin: Origin): Contexts {
  const { document } = origin;
  const column = objectOf('a column', { statistic: number, drifted: boolean, missing: number, threshold: number });
  return {
    drift: () =>
      objectOf('the drift', {
        share: number,
        drifted: boolean,
        rows: number,
        columns: openObject('the columns', column),
      }),
    performance: () => openObject('the performance', number),
    metrics: () => {
      const names = definitionsOf(document, 'metric').map(({ definition }) => definition.name);
      const closed = !document.unreadable && !document.incomplete.has('metrics');
      return partsOf({
        title: 'this document',
        part: closed ? { noun: 'metric', code: 'unknown-metric' } : null,
        names: () => names,
        type: (name) => (names.includes(name) ? number : null),
      });
    },
    ...everywhere,
  };
}

function pipelineContexts(origin: Origin, unit: Unit, seen: Seen): Contexts {
  const { document } = origin;
  const own = unit.symbols.step;
  return {
    params: () =>
      partsOf({
        seen,
        title: 'this pipeline',
        part: isKnown(origin, 'params') ? { noun: 'param', code: 'unknown-param' } : null,
        names: () => [...document.params.keys()],
        type: (name) => parameterType(document.params.get(name)),
      }),
    steps: () => stepsContext(origin, unit, seen),
    inputs: () => {
      const find = (name: string) => own?.inputs.get(name) ?? document.inputs.get(name);
      const known = isKnown(origin, 'inputs') && !own?.incomplete;
      return partsOf({
        seen,
        title: own ? 'this step' : 'this pipeline',
        part: known ? { noun: 'input', code: 'unknown-input' } : null,
        names: () => [...(own?.inputs.keys() ?? []), ...document.inputs.keys()],
        type: (name) => {
          const found = find(name);
          return found ? artifactType(`the input \`${name}\``, found) : null;
        },
      });
    },
    ...(own
      ? {
          outputs: () => outputsContext(origin, own.name, seen),
          matrix: () =>
            partsOf({
              seen,
              title: 'the matrix of this step',
              part: own.incomplete ? null : { noun: 'key', code: 'unknown-matrix-key' },
              names: () => [...own.matrix],
              type: (name) => (own.matrix.has(name) ? any : null),
            }),
        }
      : {}),
    pipeline: () => objectOf('the pipeline', { name: text, seed: number, experiment: text, engine: text }),
    run: () => objectOf('the run', { id: text, name: text, startedAt: text }),
    ...everywhere,
  };
}

function isKnown({ document }: Origin, section: string): boolean {
  return !document.unreadable && !document.incomplete.has(section);
}

function stepsContext(origin: Origin, unit: Unit, seen: Seen): ObjectType {
  const { steps } = origin.document;
  const inFinally = unit.section === 'finally';
  const known = isKnown(origin, 'steps') && (!inFinally || isKnown(origin, 'finally'));
  const visible = (name: string) => {
    const found = steps.get(name);
    return found && (found.section === 'steps' || inFinally || unit.section === null) ? found : null;
  };
  return partsOf({
    seen,
    title: 'this pipeline',
    part: known ? { noun: 'step', code: 'unknown-step' } : null,
    names: () => [...steps.keys()].filter(visible),
    type: (name) => {
      seen(name);
      return visible(name) ? stepType(origin, name, seen) : null;
    },
  });
}

const statuses: Type = { kind: 'text', values: ['succeeded', 'failed', 'skipped', 'cancelled', 'cached'] };

function stepType(origin: Origin, name: string, seen: Seen): ObjectType {
  const inputs = origin.document.steps.get(name)?.symbols.step?.inputs ?? new Map();
  return {
    kind: 'object',
    title: `the step \`${name}\``,
    part: { noun: 'property', code: 'expression-name' },
    member: (part) => {
      if (part === 'outputs') return outputsContext(origin, name, seen);
      if (part === 'status') return statuses;
      if (part === 'inputs') return openObject('the inputs', any, () => [...inputs.keys()]);
      return part === 'exitCode' || part === 'attempts' || part === 'duration' ? number : null;
    },
    names: () => ['outputs', 'status', 'inputs', 'exitCode', 'attempts', 'duration'],
  };
}

function outputsContext(origin: Origin, step: string, seen: Seen): ObjectType {
  seen(step);
  const symbols = origin.document.steps.get(step)?.symbols.step;
  const used = usedBy(origin, step);
  const handed = used ? definitionsOf(used.document, 'output').map(({ definition }) => definition.name) : [];
  const known =
    symbols && !symbols.incomplete && (symbols.uses === null || (used !== null && isReadable(used.document)));
  return partsOf({
    seen,
    title: `the step \`${step}\``,
    part: known ? { noun: 'output', code: 'unknown-output' } : null,
    names: () => [...(symbols?.outputs.keys() ?? []), ...handed],
    type: (name) => {
      if (!symbols?.outputs.has(name) && !handed.includes(name)) return null;
      const producer = producerOf(origin, step, name);
      return artifactType(`the output \`${name}\` of \`${step}\``, producer?.artifact ?? null);
    },
  });
}

function isReadable(document: Origin['document']): boolean {
  return !document.unreadable && !document.incomplete.has('outputs');
}

function parameterType(parameter: Parameter | undefined): Type | null {
  if (!parameter) return null;
  switch (parameter.type) {
    case 'string':
      return { kind: 'text', values: parameter.values };
    case 'number':
    case 'integer':
      return number;
    case 'boolean':
      return boolean;
    default:
      return any;
  }
}

/** Named parts of which those that are not there are told, unless some may be out of sight (`part` is null). */
function partsOf(of: {
  title: string;
  part: ObjectType['part'];
  names: () => readonly string[];
  type: (name: string) => Type | null;
  seen?: Seen;
}): ObjectType {
  return {
    kind: 'object',
    title: of.title,
    part: of.part,
    member: (name) => {
      const found = of.type(name);
      if (!found) of.seen?.('');
      return found ?? (of.part === null ? any : null);
    },
    names: of.names,
  };
}
