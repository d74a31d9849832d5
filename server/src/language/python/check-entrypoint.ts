import type { DiagnosticCode, Severity } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { PythonFunction, PythonModule, PythonParameter, PythonSpan } from './module.ts';
import { defaultType, fits, type GivenValue } from './types.ts';

/** What would put a finding right, on either side. */
export type PythonFix =
  | { readonly action: 'add-argument'; readonly name: string; readonly value: string }
  | { readonly action: 'remove-argument'; readonly name: string }
  | { readonly action: 'rename-argument'; readonly name: string; readonly to: string }
  | { readonly action: 'rename-function'; readonly to: string }
  | { readonly action: 'add-parameter'; readonly name: string };

export interface EntrypointFinding {
  readonly code: DiagnosticCode;
  /** The argument that it is about; null for the function. */
  readonly argument: string | null;
  readonly message: string;
  readonly severity?: Severity;
  /** Where the Python file says so. */
  readonly related: PythonSpan | null;
  readonly fixes: readonly PythonFix[];
}

export interface EntrypointCall {
  readonly module: PythonModule;
  readonly functionName: string;
  readonly with: ReadonlyMap<string, GivenValue>;
  /** More arguments may come from a merge or an alias, so that none is called missing. */
  readonly partial?: boolean;
}

/**
 * Holds an entrypoint and its arguments to the function: whether it is there, takes each argument, gets those it needs,
 * and values of its types. Says nothing where a decorator, `*`-import or second definition leaves it open.
 */
export function checkEntrypoint(call: EntrypointCall): EntrypointFinding[] {
  const { module, functionName } = call;
  const found = module.functions.get(functionName);
  if (!found) return module.open || module.bound.has(functionName) ? [] : [missingFunction(call)];
  if (!found.reliable) return [];
  // Arguments are given by name, so that such a function can't be called like that, and is called in some other way.
  if (found.parameters.some(({ kind, required }) => kind === 'positionalOnly' && required)) return [];
  const known = found.parameters.filter(({ kind }) => kind === 'positionalOrKeyword' || kind === 'keywordOnly');
  const isOpen = found.parameters.some(({ kind }) => kind === 'keywords');
  const missing = known.filter(({ name, required }) => required && !call.with.has(name));
  return [
    ...(call.partial ? [] : missing.map((parameter) => missingArgument(found, parameter))),
    ...(isOpen ? [] : unknownArguments(call, found, known)),
    ...known.flatMap((parameter) => wrongType(call, parameter)),
  ];
}

function missingFunction({ module, functionName }: EntrypointCall): EntrypointFinding {
  const meant = didYouMean(functionName, [...module.functions.keys()]);
  const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : '';
  return {
    code: 'python-missing-function',
    argument: null,
    message: `The Python file has no function \`${functionName}\`.${hint}`,
    related: null,
    fixes: meant.map((to) => ({ action: 'rename-function', to })),
  };
}

function missingArgument(found: PythonFunction, parameter: PythonParameter): EntrypointFinding {
  const type = parameter.annotation ? ` (${parameter.annotation})` : '';
  return {
    code: 'python-missing-argument',
    argument: null,
    message: `\`${found.name}\` needs \`${parameter.name}\`${type}, and \`with\` does not give it.`,
    related: parameter.span,
    fixes: [{ action: 'add-argument', name: parameter.name, value: sample(parameter) }],
  };
}

function sample({ type }: PythonParameter): string {
  const [atom] = type ?? [];
  switch (atom?.kind) {
    case 'int':
    case 'float':
      return '0';
    case 'bool':
      return 'false';
    case 'list':
    case 'sequence':
      return '[]';
    case 'dict':
      return '{}';
    case 'none':
      return 'null';
    case 'literal':
      return JSON.stringify(atom.value);
    default:
      return '""';
  }
}

function unknownArguments(
  call: EntrypointCall,
  found: PythonFunction,
  known: readonly PythonParameter[],
): EntrypointFinding[] {
  const names = known.map(({ name }) => name);
  return [...call.with.keys()].flatMap((name) => {
    if (names.includes(name)) return [];
    const free = names.filter((each) => !call.with.has(each));
    const meant = didYouMean(name, free);
    const takes = names.length > 0 ? ` It takes ${names.map((each) => `\`${each}\``).join(', ')}.` : ' It takes none.';
    return {
      code: 'python-unknown-argument' as const,
      argument: name,
      message: `\`${found.name}\` takes no \`${name}\`.${meant[0] ? ` Did you mean \`${meant[0]}\`?` : takes}`,
      related: found.span,
      fixes: [
        ...meant.map((to) => ({ action: 'rename-argument' as const, name, to })),
        { action: 'remove-argument' as const, name },
        { action: 'add-parameter' as const, name },
      ],
    };
  });
}

function wrongType(call: EntrypointCall, parameter: PythonParameter): EntrypointFinding[] {
  const given = call.with.get(parameter.name);
  if (!given) return [];
  const guessed = parameter.annotation === null ? defaultType(parameter.default?.value) : null;
  const type = guessed ?? parameter.type;
  if (type === null || fits(given, type)) return [];
  const expected = guessed ? `its default is ${parameter.default?.text}` : `it is \`${parameter.annotation}\``;
  return [
    {
      code: 'python-argument-type',
      argument: parameter.name,
      message: `\`${parameter.name}\` gets ${describe(given)}, but ${expected}.`,
      // A default only lets one guess.
      ...(guessed ? { severity: 'information' as const } : {}),
      related: parameter.span,
      fixes: [],
    },
  ];
}

function describe(given: GivenValue): string {
  switch (given.kind) {
    case 'list':
      return 'a list';
    case 'map':
      return 'a mapping';
    case 'typed':
      return `a param of type ${given.type}`;
    case 'scalar':
      return typeof given.value === 'string' ? `the text ${JSON.stringify(given.value)}` : `\`${String(given.value)}\``;
    default:
      return 'a value';
  }
}
