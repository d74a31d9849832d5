import { helpOption } from './argparse.ts';
import { decoratorName, fullName, importedName } from './functions.ts';
import type { PythonFunction, PythonOption, PythonParameter } from './module.ts';
import { isStarted, type Script } from './script.ts';
import { type Call, callOf, commaGroups, literalOf, type SyntaxNode, sourceOf } from './tree.ts';

const plainTypes = /^(?:(?:typing\.)?Optional\[)?(?:str|int|float|bool|Path|pathlib\.Path)\]?(?:\s*\|\s*None)?$/;
const settings = new Set(['help', 'show_default', 'rich_help_panel', 'min', 'max', 'exists', 'metavar', 'hidden']);
const starters = new Set(['envvar', 'prompt', 'default', 'default_factory']);

/** The options of a script of one typer command; null where there are more, or anything is not plain. */
export function typerOptions(script: Script): PythonOption[] | null {
  const found = commandFunction(script);
  if (!found) return null;
  const options: PythonOption[] = [{ ...helpOption, names: ['--help'] }];
  if (found.isApp) options.push({ ...helpOption, names: ['--install-completion', '--show-completion'] });
  const list = found.node.getChild('ParamList');
  const groups = list ? commaGroups(list, script.text) : [];
  for (const parameter of found.definition.parameters) {
    const group = groups.find(([first]) => first?.from === parameter.span.start);
    const option = group ? optionOf(parameter, group, script) : null;
    if (option === null) return null;
    options.push(...option);
  }
  return options;
}

interface Found {
  readonly node: SyntaxNode;
  readonly definition: PythonFunction;
  readonly isApp: boolean;
}

function commandFunction(script: Script): Found | null {
  const { root, text, names } = script;
  const runs: string[] = [];
  const apps: string[] = [];
  const decorated: SyntaxNode[] = [];
  let dynamic = false;
  root.cursor().iterate(({ node }) => {
    if (node.name === 'Decorator' && /\.(?:command|callback)$/.test(decoratorName(node, text))) decorated.push(node);
    if (node.name !== 'CallExpression') return;
    const name = importedName(node.firstChild, script);
    const call = callOf(node, text);
    if (name === 'typer.run') runs.push(call?.positional[0] ? sourceOf(call.positional[0], text) : '');
    if (name === 'typer.Typer') apps.push(appName(node, call, text));
    if (/\.add_typer$/.test(call?.callee ?? '')) dynamic = true;
  });
  if (dynamic || runs.length + apps.length !== 1) return null;
  const [run] = runs;
  if (run !== undefined) return decorated.length === 0 ? lookUp(script, run, false) : null;
  const [app = ''] = apps;
  const [decorator] = decorated;
  if (!decorator || decorated.length !== 1 || app === '' || decoratorName(decorator, text) !== `${app}.command`)
    return null;
  if (!/^@\s*[\w.]+\(\s*\)\s*$/.test(sourceOf(decorator, text)) || !isStarted(root, text, app)) return null;
  const name = decorator.parent?.getChild('FunctionDefinition')?.getChild('VariableName');
  const isOnly = decorator.parent?.getChildren('Decorator').length === 1;
  return name && isOnly && names.functions.has(sourceOf(name, text))
    ? lookUp(script, sourceOf(name, text), true)
    : null;
}

/** The variable that an app is kept in; empty where its settings could change the options. */
function appName(node: SyntaxNode, call: Call | null, text: string): string {
  const first = node.parent?.name === 'AssignStatement' ? node.parent.firstChild : null;
  const isPlain = call && !call.open && [...call.keywords.keys()].every((key) => /^(?:help|name|pretty_)/.test(key));
  return isPlain && first?.name === 'VariableName' ? sourceOf(first, text) : '';
}

function lookUp({ root, names }: Script, name: string, isApp: boolean): Found | null {
  const definition = names.functions.get(name);
  if (!definition || (!isApp && !definition.reliable)) return null;
  let node: SyntaxNode | null = null;
  root.cursor().iterate((each) => {
    if (each.name === 'FunctionDefinition' && each.node.getChild('VariableName')?.from === definition.span.start)
      node = each.node;
  });
  return node && { node, definition, isApp };
}

/** What a parameter makes: one option, or nothing for the context; null where it is not plain. */
function optionOf(parameter: PythonParameter, group: readonly SyntaxNode[], script: Script): PythonOption[] | null {
  const { text } = script;
  if (parameter.kind === 'variadic' || parameter.kind === 'keywords') return null;
  const annotation = group.find((node) => node.name === 'TypeDef')?.lastChild ?? null;
  const assign = group.findIndex((node) => node.name === 'AssignOp');
  const value = assign < 0 ? null : (group[assign + 1] ?? null);
  if (annotation && importedName(annotation, script) === 'typer.Context') return [];
  const annotated = annotatedOf(annotation, text);
  const marker = callOf(annotated?.marker ?? value, text);
  const kind = marker && fullName(marker.callee, script.imports);
  const isMarked = kind === 'typer.Option' || kind === 'typer.Argument';
  if (annotated && !isMarked) return null;
  // A default that is worked out may be anything, also a marker by another name.
  if (!annotated && !isMarked && value && literalOf(value, text) === undefined) return null;
  const type = annotated?.type ?? (annotation ? sourceOf(annotation, text) : 'str');
  if (!plainTypes.test(type)) return null;
  const settled =
    isMarked && marker ? settledOf(marker, { inDefault: !annotated, text }) : { names: [], required: true };
  if (settled === null) return null;
  const required = annotated || !isMarked ? value === null && settled.required : settled.required;
  const isPositional = isMarked ? kind === 'typer.Argument' : value === null;
  return [made(parameter, { type, isPositional, required, names: settled.names })];
}

function made(
  parameter: PythonParameter,
  of: { type: string; isPositional: boolean; required: boolean; names: readonly string[] },
): PythonOption {
  const isFlag = /\bbool\b/.test(of.type) && !of.isPositional;
  return {
    names: of.isPositional ? [parameter.name] : namesOf(parameter.name, of.names, isFlag),
    positional: of.isPositional,
    span: parameter.span,
    required: of.required,
    least: isFlag || (of.isPositional && !of.required) ? 0 : 1,
    most: isFlag ? 0 : 1,
    type: /\bint\b/.test(of.type) ? 'int' : /\bfloat\b/.test(of.type) ? 'float' : null,
    choices: null,
  };
}

function annotatedOf(annotation: SyntaxNode | null, text: string): { type: string; marker: SyntaxNode } | null {
  if (annotation?.name !== 'MemberExpression') return null;
  const calls = annotation.getChildren('CallExpression');
  const [marker] = calls;
  const found = /^(?:\w+\.)?Annotated\[\s*([^,[\]]+(?:\[[^,[\]]*\])?)\s*,/.exec(sourceOf(annotation, text));
  return found && marker && calls.length === 1 ? { type: found[1]?.trim() ?? '', marker } : null;
}

interface Settled {
  readonly names: readonly string[];
  readonly required: boolean;
}

/** The names that `typer.Option(…)` gives, and whether it asks for a value. */
function settledOf(call: Call, { inDefault, text }: { inDefault: boolean; text: string }): Settled | null {
  if (call.open || [...call.keywords.keys()].some((key) => !settings.has(key) && !starters.has(key))) return null;
  const [first, ...rest] = call.positional;
  const names = (inDefault ? rest : call.positional).map((each) => literalOf(each, text));
  if (!names.every((name) => typeof name === 'string')) return null;
  const required = !inDefault || (first !== undefined && sourceOf(first, text) === '...');
  const isOffered = [...call.keywords.keys()].some((key) => starters.has(key));
  return { names, required: required && !isOffered };
}

function namesOf(name: string, given: readonly string[], isFlag: boolean): string[] {
  const own = given
    .flatMap((each) => each.split('/').map((part) => part.trim()))
    .filter((each) => each.startsWith('-'));
  if (own.length > 0) return own;
  const dashed = name.replaceAll('_', '-').toLowerCase();
  return isFlag ? [`--${dashed}`, `--no-${dashed}`] : [`--${dashed}`];
}
