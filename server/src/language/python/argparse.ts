import { importedName } from './functions.ts';
import type { PythonCommand, PythonOption } from './module.ts';
import type { Script } from './script.ts';
import {
  type Call,
  callOf,
  dottedName,
  type Literal,
  literalOf,
  literalsOf,
  type SyntaxNode,
  sourceOf,
} from './tree.ts';

const constructorKeys = new Set([
  ...['prog', 'usage', 'description', 'epilog', 'formatter_class', 'add_help', 'allow_abbrev', 'exit_on_error'],
  ...['argument_default', 'conflict_handler', 'suggest_on_error', 'color'],
]);
/** Methods that do not change which options there are. */
const harmless = new Set(['print_help', 'print_usage', 'format_help', 'format_usage', 'error', 'exit', 'set_defaults']);
const groups = new Set(['add_argument_group', 'add_mutually_exclusive_group']);
const argumentKeys = new Set([
  ...['action', 'nargs', 'const', 'default', 'type', 'choices', 'required', 'help', 'metavar', 'dest', 'version'],
  'deprecated',
]);
const flags = new Set(['store_true', 'store_false', 'store_const', 'append_const', 'count', 'help', 'version']);
const straight = new Set([
  'ExpressionStatement',
  'AssignStatement',
  'Body',
  'Script',
  'FunctionDefinition',
  'StatementGroup',
]);

/**
 * The options of the one `ArgumentParser` of a script; null where there are several, or it is handed on, looped over or
 * used in any way that could add to it.
 */
export function argparseOptions(script: Script): PythonCommand | null {
  const { root, text } = script;
  const constructions = nodesOf(root, 'CallExpression').filter(
    (node) => importedName(node.firstChild, script) === 'argparse.ArgumentParser',
  );
  const [construction] = constructions;
  const call = construction ? callOf(construction, text) : null;
  if (!construction || constructions.length !== 1 || !call || call.open || call.positional.length > 0) return null;
  if ([...call.keywords.keys()].some((key) => !constructorKeys.has(key))) return null;
  const name = assignedName(construction, text);
  if (name === null || !isStraight(construction, text)) return null;
  if (/\bclass\s+\w+\s*\([^)]*ArgumentParser/.test(text)) return null;
  const reader = new Uses(script, name);
  if (!reader.read()) return null;
  const addsHelp = boolean(call.keywords.get('add_help'), text, true);
  if (addsHelp === null) return null;
  const help: PythonOption[] = addsHelp ? [helpOption] : [];
  const abbreviations = boolean(call.keywords.get('allow_abbrev'), text, true) ?? true;
  return { library: 'argparse', options: [...help, ...reader.options], abbreviations };
}

/** Every script has it, and nothing else counts once it is given. */
export const helpOption: PythonOption = {
  names: ['-h', '--help'],
  positional: false,
  span: { start: 0, end: 0 },
  required: false,
  least: 0,
  most: 0,
  type: null,
  choices: null,
};

class Uses {
  readonly options: PythonOption[] = [];
  readonly #script: Script;
  readonly #parsers: Set<string>;
  readonly #makers = new Set<string>();
  readonly #groups = new Set<string>();
  #parses = 0;

  constructor(script: Script, name: string) {
    this.#script = script;
    this.#parsers = new Set([name]);
  }

  /** Whether every use is one that is understood. */
  read(): boolean {
    const { root, text } = this.#script;
    const names = nodesOf(root, 'VariableName');
    if (/\bsys\s*\.\s*argv\b(?!\s*\[\s*1\s*:\s*\]\s*\))/.test(text)) return false;
    // A function that gives the parser makes its calls parsers, too, and these may be given names.
    for (let known = -1; known !== this.#size; ) {
      known = this.#size;
      for (const node of names) this.#learn(node);
    }
    return names.every((node) => this.#isUnderstood(node)) && this.#parses === 1;
  }

  get #size(): number {
    return this.#parsers.size + this.#makers.size + this.#groups.size;
  }

  #learn(node: SyntaxNode): void {
    const { text } = this.#script;
    const name = sourceOf(node, text);
    if (this.#parsers.has(name) && node.parent?.name === 'ReturnStatement') {
      const made = enclosingFunction(node)?.getChild('VariableName');
      if (made) this.#makers.add(sourceOf(made, text));
    }
    const call = node.parent;
    if (this.#makers.has(name) && call?.name === 'CallExpression') {
      const assigned = assignedName(call, text);
      if (assigned !== null) this.#parsers.add(assigned);
    }
    if (!this.#parsers.has(name) || call?.name !== 'MemberExpression' || call.parent?.name !== 'CallExpression') return;
    if (!groups.has(memberOf(call, text))) return;
    const assigned = assignedName(call.parent, text);
    if (assigned !== null) this.#groups.add(assigned);
  }

  #isUnderstood(node: SyntaxNode): boolean {
    const { text } = this.#script;
    const name = sourceOf(node, text);
    const isParser = this.#parsers.has(name);
    const parent = node.parent;
    if (this.#makers.has(name)) return this.#isMakerUnderstood(parent);
    if (!isParser && !this.#groups.has(name)) return true;
    if (parent?.name === 'AssignStatement') return isTargetOf(node, parent) && this.#isKnownSource(parent);
    if (parent?.name === 'ReturnStatement') return isParser && parent.getChild('VariableName')?.nextSibling === null;
    // The name of a keyword argument is no use of it.
    if (parent?.name === 'ArgList') return node.nextSibling?.name === 'AssignOp';
    if (parent?.name !== 'MemberExpression' || parent.firstChild?.from !== node.from) return false;
    return this.#isMethodUnderstood(parent, isParser);
  }

  #isKnownSource(statement: SyntaxNode): boolean {
    const call = statement.lastChild;
    const callee = call?.name === 'CallExpression' ? dottedName(call.firstChild, this.#script.text) : null;
    if (callee === null || statement.getChildren('AssignOp').length !== 1) return false;
    const [head = '', method = ''] = callee.split('.');
    return (
      importedName(call?.firstChild, this.#script) === 'argparse.ArgumentParser' ||
      (this.#makers.has(callee) && call?.getChild('ArgList') !== null) ||
      (this.#parsers.has(head) && groups.has(method))
    );
  }

  #isMakerUnderstood(parent: SyntaxNode | null): boolean {
    if (parent?.name === 'FunctionDefinition') return parent.getChild('ParamList')?.getChild('VariableName') === null;
    if (parent?.name !== 'CallExpression') return false;
    if (assignedName(parent, this.#script.text) !== null) return true;
    return parent.parent?.name === 'MemberExpression' && this.#isMethodUnderstood(parent.parent, true);
  }

  #isMethodUnderstood(member: SyntaxNode, isParser: boolean): boolean {
    const { text } = this.#script;
    const method = memberOf(member, text);
    const call = member.parent;
    if (call?.name !== 'CallExpression') return ['prog', 'description', 'epilog', 'usage'].includes(method);
    if (method === 'add_argument') return this.#add(call);
    if (!isParser) return false;
    if (method === 'parse_args') return this.#parse(call);
    if (groups.has(method)) return assignedName(call, text) !== null && isStraight(call, text);
    return harmless.has(method);
  }

  #parse(call: SyntaxNode): boolean {
    this.#parses++;
    const { text } = this.#script;
    const list = call.getChild('ArgList');
    const given = list ? sourceOf(list, text).replace(/[()\s]/g, '') : '';
    if (given === '' || given === 'sys.argv[1:]' || given === 'None') return true;
    // `def main(argv=None)` stands for what the user wrote, unless somebody calls it with something else.
    const maker = enclosingFunction(call);
    const isDefault = maker?.getChild('ParamList');
    const name = maker?.getChild('VariableName');
    if (!isDefault || !name || !/^\w+$/.test(given)) return false;
    const pattern = new RegExp(`(?:^\\(|[(,])\\s*${given}\\s*(?::[^,=]*(?:\\[[^\\]]*\\][^,=]*)?)?=\\s*None\\b`);
    return pattern.test(sourceOf(isDefault, text)) && isCalledBare(this.#script, sourceOf(name, text));
  }

  #add(node: SyntaxNode): boolean {
    const { text } = this.#script;
    const call = argumentsFrom(node, text);
    if (!call || !isStraight(node, text)) return false;
    const option = optionOf(call, node, text);
    if (option) this.options.push(option);
    return option !== null;
  }
}

function argumentsFrom(node: SyntaxNode, text: string): Call | null {
  const call = callOf(node, text);
  return call && !call.open && [...call.keywords.keys()].every((key) => argumentKeys.has(key)) ? call : null;
}

function optionOf(call: Call, node: SyntaxNode, text: string): PythonOption | null {
  const names = call.positional.map((each) => literalOf(each, text));
  if (!names.every((name) => typeof name === 'string') || names.length === 0) return null;
  const positional = names[0]?.startsWith('-') === false;
  const action = actionOf(call.keywords.get('action'), text);
  const arity = arityOf(call.keywords.get('nargs'), text);
  if (action === null || arity === null) return null;
  const isFlag = action === 'BooleanOptionalAction' || flags.has(action);
  const negated =
    action === 'BooleanOptionalAction'
      ? names.filter((name) => name.startsWith('--')).map((name) => `--no-${name.slice(2)}`)
      : [];
  const type = call.keywords.get('type');
  const typeName = type ? sourceOf(type, text) : null;
  return {
    names: [...names, ...negated],
    positional,
    span: { start: node.from, end: node.to },
    required: positional ? arity[0] > 0 : boolean(call.keywords.get('required'), text, false) === true,
    least: isFlag ? 0 : arity[0],
    most: isFlag ? 0 : arity[1],
    type: typeName === 'int' || typeName === 'float' ? typeName : null,
    choices: choicesOf(call.keywords.get('choices'), typeName, text),
  };
}

/** Only texts can be compared with words; another type may read the word in its own way. */
function choicesOf(node: SyntaxNode | undefined, type: string | null, text: string): string[] | null {
  const values = node ? literalsOf(node, text) : undefined;
  if (!values) return null;
  const kind = type === null || type === 'str' ? 'string' : null;
  if (kind !== null) return values.every((value) => typeof value === kind) ? values.map(String) : null;
  return type === 'int' && values.every((value) => Number.isInteger(value)) ? values.map(String) : null;
}

function actionOf(node: SyntaxNode | undefined, text: string): string | null {
  if (!node) return 'store';
  const value = literalOf(node, text);
  if (typeof value === 'string') return flags.has(value) || /^(?:store|append|extend)$/.test(value) ? value : null;
  return /(?:^|\.)BooleanOptionalAction$/.test(dottedName(node, text) ?? '') ? 'BooleanOptionalAction' : null;
}

function arityOf(node: SyntaxNode | undefined, text: string): readonly [number, number] | null {
  const value: Literal | undefined = node ? literalOf(node, text) : null;
  if (value === null) return [1, 1];
  if (typeof value === 'number') return [value, value];
  if (value === '?') return [0, 1];
  if (value === '*') return [0, Number.POSITIVE_INFINITY];
  return value === '+' ? [1, Number.POSITIVE_INFINITY] : null;
}

/** null: it has to be worked out. */
function boolean(node: SyntaxNode | undefined, text: string, otherwise: boolean): boolean | null {
  if (!node) return otherwise;
  const value = literalOf(node, text);
  return typeof value === 'boolean' ? value : null;
}

function nodesOf(root: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate((each) => {
    if (each.name === name) found.push(each.node);
  });
  return found;
}

/** `p` of `p = <node>`. */
function assignedName(node: SyntaxNode, text: string): string | null {
  const statement = node.parent;
  if (statement?.name !== 'AssignStatement' || statement.lastChild?.from !== node.from) return null;
  if (statement.getChildren('AssignOp').length !== 1) return null;
  return statement.firstChild?.name === 'VariableName' ? sourceOf(statement.firstChild, text) : null;
}

function isTargetOf(node: SyntaxNode, statement: SyntaxNode): boolean {
  return statement.firstChild?.from === node.from && statement.lastChild?.from !== node.from;
}

function memberOf(member: SyntaxNode, text: string): string {
  const last = member.lastChild;
  return last?.name === 'PropertyName' ? sourceOf(last, text) : '';
}

function enclosingFunction(node: SyntaxNode): SyntaxNode | null {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.name === 'FunctionDefinition') return parent;
  }
  return null;
}

/** Runs once and whatever happens: below no loop, condition or `try` but the `if __name__` one. */
function isStraight(node: SyntaxNode, text: string): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (straight.has(parent.name)) continue;
    if (parent.name !== 'IfStatement' || !/^if\s*\(?\s*__name__\s*==/.test(sourceOf(parent, text))) return false;
  }
  return true;
}

function isCalledBare(script: Script, name: string): boolean {
  return nodesOf(script.root, 'CallExpression').every((node) => {
    if (dottedName(node.firstChild, script.text) !== name) return true;
    const list = node.getChild('ArgList');
    return /^\(\s*(?:sys\.argv\[1:\])?\s*\)$/.test(list ? sourceOf(list, script.text) : '');
  });
}
