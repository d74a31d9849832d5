import { helpOption } from './argparse.ts';
import { fullName, importedName } from './functions.ts';
import type { PythonOption } from './module.ts';
import { isStarted, type Script } from './script.ts';
import { argumentsOf, type Call, callOf, literalOf, literalsOf, type SyntaxNode, sourceOf } from './tree.ts';

/** Decorators that add no option. */
const harmless = new Set(['click.pass_context', 'click.decorators.pass_context']);
const ready: Readonly<Record<string, string>> = {
  'click.version_option': '--version',
  'click.confirmation_option': '--yes',
};
const commandKeys = new Set(['name', 'help', 'epilog', 'short_help', 'no_args_is_help', 'hidden', 'deprecated']);
const foreign = new Set(['cls', 'callback', 'is_eager', 'flag_value', 'nargs']);

/** The options of the one `click.command` of a script; null where there are groups or anything that is not plain. */
export function clickOptions(script: Script): PythonOption[] | null {
  const { root, text, imports } = script;
  const decorated: SyntaxNode[] = [];
  let dynamic = false;
  root.cursor().iterate(({ node }) => {
    if (node.name === 'Decorator' && nameOfDecorator(node, script)?.startsWith('click.') === false) return;
    if (node.name === 'DecoratedStatement' && decoratorsOf(node, script).some(({ name }) => name === 'click.command'))
      decorated.push(node);
    const name = node.name === 'CallExpression' ? importedName(node.firstChild, script) : null;
    if (name !== null && /^click\.(?:Group|Command|MultiCommand|CommandCollection|make_)/.test(name)) dynamic = true;
    if (node.name === 'Decorator' && /\.(?:group|command)$/.test(bareName(node, text))) {
      if (fullName(bareName(node, text), imports) !== 'click.command') dynamic = true;
    }
  });
  const [statement] = decorated;
  const definition = statement?.getChild('FunctionDefinition');
  const name = definition?.getChild('VariableName');
  if (dynamic || decorated.length !== 1 || !statement || !name) return null;
  if (!isStarted(root, text, sourceOf(name, text))) return null;
  const options: PythonOption[] = [{ ...helpOption, names: ['--help'] }];
  for (const decorator of decoratorsOf(statement, script)) {
    const found = optionsOf(decorator, text, script);
    if (found === null) return null;
    options.push(...found);
  }
  return options;
}

interface Decorator {
  readonly name: string | null;
  readonly call: Omit<Call, 'callee'>;
  readonly node: SyntaxNode;
}

function decoratorsOf(statement: SyntaxNode, script: Script): Decorator[] {
  return statement.getChildren('Decorator').map((node) => ({
    name: nameOfDecorator(node, script),
    call: argumentsOf(node.getChild('ArgList'), script.text),
    node,
  }));
}

function bareName(node: SyntaxNode, text: string): string {
  return sourceOf(node, text)
    .replace(/\([\s\S]*$/, '')
    .replace(/#.*/, '')
    .replace(/[@\s]/g, '');
}

function nameOfDecorator(node: SyntaxNode, { text, imports }: Script): string | null {
  return fullName(bareName(node, text), imports);
}

function optionsOf({ name, call, node }: Decorator, text: string, script: Script): PythonOption[] | null {
  if (name === null || call.open) return null;
  if (harmless.has(name)) return [];
  if (name === 'click.command') return [...call.keywords.keys()].every((key) => commandKeys.has(key)) ? [] : null;
  const simple = ready[name];
  if (simple !== undefined) {
    const isOwn = call.positional.length <= (name === 'click.version_option' ? 1 : 0);
    return isOwn ? [{ ...helpOption, names: [simple] }] : null;
  }
  if (name === 'click.argument') return argumentOf(call, node, text);
  return name === 'click.option' ? optionOf(call, node, script) : null;
}

function argumentOf(call: Decorator['call'], node: SyntaxNode, text: string): PythonOption[] | null {
  const { keywords } = call;
  const name = call.positional[0] ? literalOf(call.positional[0], text) : undefined;
  const nargs = keywords.get('nargs');
  const count = nargs ? literalOf(nargs, text) : 1;
  if (typeof name !== 'string' || typeof count !== 'number' || keywords.has('cls')) return null;
  const free = count < 0 || keywords.has('default') || keywords.has('envvar') || keywords.has('required');
  return [
    {
      names: [name],
      positional: true,
      span: { start: node.from, end: node.to },
      required: !free,
      least: free ? 0 : count,
      most: count < 0 ? Number.POSITIVE_INFINITY : count,
      type: null,
      choices: null,
    },
  ];
}

function optionOf(call: Decorator['call'], node: SyntaxNode, script: Script): PythonOption[] | null {
  const { text } = script;
  const { keywords } = call;
  const declared = call.positional.map((each) => literalOf(each, text));
  if (!declared.every((each) => typeof each === 'string')) return null;
  if ([...keywords.keys()].some((key) => foreign.has(key))) return null;
  const written = declared.filter((each) => each.startsWith('-'));
  const names = written.flatMap((each) => each.split('/').map((name) => name.trim()));
  const flag = flagOf(call, written, text);
  if (flag === null || names.length === 0 || names.some((each) => !each.startsWith('-'))) return null;
  const required = keywords.get('required');
  const given = keywords.has('default') || keywords.has('envvar') || keywords.has('prompt');
  return [
    {
      names,
      positional: false,
      span: { start: node.from, end: node.to },
      required: !given && required !== undefined && literalOf(required, text) === true,
      least: flag ? 0 : 1,
      most: flag ? 0 : 1,
      ...typeOf(keywords.get('type'), script),
    },
  ];
}

/** Whether an option takes no value; null where that has to be worked out. */
function flagOf({ keywords }: Decorator['call'], written: readonly string[], text: string): boolean | null {
  if (written.some((each) => each.includes('/')) || keywords.has('count')) return true;
  const node = keywords.get('is_flag');
  if (!node) {
    const type = keywords.get('type');
    // A tuple of types takes as many words.
    return type?.name === 'TupleExpression' || type?.name === 'ParenthesizedExpression' ? null : false;
  }
  const value = literalOf(node, text);
  return typeof value === 'boolean' ? value : null;
}

function typeOf(node: SyntaxNode | undefined, script: Script): Pick<PythonOption, 'type' | 'choices'> {
  const { text } = script;
  const none = { type: null, choices: null };
  if (!node) return none;
  const source = sourceOf(node, text);
  if (source === 'int' || source === 'float') return { type: source, choices: null };
  const call = callOf(node, text);
  if (!call || fullName(call.callee, script.imports) !== 'click.Choice' || call.keywords.size > 0) return none;
  const values = call.positional[0] ? literalsOf(call.positional[0], text) : undefined;
  return values?.every((value) => typeof value === 'string') ? { type: null, choices: values } : none;
}
