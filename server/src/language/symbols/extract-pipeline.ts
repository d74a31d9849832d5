import type { Artifact, ExpressionUse, Parameter, StepSymbols, SymbolReference } from './symbol.ts';
import { type Span, scalarOf, spanOf, textOf, type UnitReader, type UnitView, type View } from './view.ts';

/** The declared parameters of a pipeline. */
export function parametersOf(view: View, reader: UnitReader): Map<string, Parameter> {
  return new Map(
    reader.entries(view).map(({ name, value }) => {
      const values = reader.get(value, 'enum');
      const parameter: Parameter = {
        name,
        type: textOf(reader.get(value, 'type')),
        hasDefault: reader.get(value, 'default') !== null,
        values: values ? reader.items(values).flatMap((item) => textOf(item) ?? []) : null,
      };
      return [name, parameter];
    }),
  );
}

/** The declared artifacts below `inputs` or `outputs`. */
export function artifactsOf(view: View | null, reader: UnitReader): Map<string, Artifact> {
  if (!view) return new Map();
  return new Map(reader.entries(view).map(({ name, key, value }) => [name, artifactOf(name, key, value, reader)]));
}

function artifactOf(name: string, span: Span, value: View, reader: UnitReader): Artifact {
  const type = reader.get(value, 'type');
  const scalar = scalarOf(type);
  const columns = reader.get(value, 'columns');
  const isPlain = scalar !== null && typeof scalar.value === 'string' && !scalar.value.includes('${{');
  return {
    name,
    span,
    type: isPlain ? String(scalar.value) : null,
    typeSpan: type && scalar ? spanOf(type.part, scalar) : null,
    columns: columns ? columnsOf(columns, reader) : null,
  };
}

function columnsOf(view: View, reader: UnitReader): Artifact['columns'] {
  const entries = reader.entries(view);
  if (entries.length === 0 || entries.some(({ name }) => name === '<<')) return null;
  return new Map(
    entries.flatMap(({ name, key, value }) => {
      const dtype = textOf(value);
      return dtype === null ? [] : [[name, { dtype, span: key }] as const];
    }),
  );
}

interface StepContext {
  readonly section: 'steps' | 'finally';
  readonly reader: UnitReader;
  readonly references: readonly SymbolReference[];
  readonly expressions: readonly ExpressionUse[];
  readonly incomplete: boolean;
}

/** What others can see of a step, and what it waits for. */
export function stepOf(unit: UnitView, context: StepContext): StepSymbols {
  const { reader, section, references } = context;
  const keys = new Map(reader.entries(unit.value).map(({ name, value }) => [name, value]));
  const uses = keys.get('uses') ?? null;
  const usesScalar = scalarOf(uses);
  const usesPath = textOf(uses);
  const outputs = artifactsOf(keys.get('outputs') ?? null, reader);
  const needs = new Map<string, Span>();
  for (const { kind, name, span } of references) if (kind === 'step' && !needs.has(name)) needs.set(name, span);
  const matrix = new Set(
    keys.has('matrix') ? reader.entries(keys.get('matrix') ?? unit.value).map(({ name }) => name) : [],
  );
  const given = keys.get('with');
  return {
    name: unit.name,
    section,
    inputs: artifactsOf(keys.get('inputs') ?? null, reader),
    outputs,
    matrix,
    uses:
      uses && usesScalar && usesPath !== null && !usesPath.includes('${{')
        ? { path: usesPath, span: spanOf(uses.part, usesScalar) }
        : null,
    needs,
    arguments: new Map(given ? reader.entries(given).map(({ name, key }) => [name, key]) : []),
    incomplete: context.incomplete,
    signature: signatureOf(outputs, {
      section,
      uses: usesPath,
      hasMatrix: matrix.size > 0,
      incomplete: context.incomplete,
    }),
  };
}

function signatureOf(
  outputs: ReadonlyMap<string, Artifact>,
  step: { section: string; uses: string | null; hasMatrix: boolean; incomplete: boolean },
): string {
  return JSON.stringify([
    step.section,
    step.uses,
    step.hasMatrix,
    step.incomplete,
    [...outputs.values()].map(({ name, type, columns }) => [
      name,
      type,
      columns ? [...columns].map(([column, { dtype }]) => `${column}:${dtype}`) : null,
    ]),
  ]);
}
