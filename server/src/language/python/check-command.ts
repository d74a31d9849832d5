import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { PythonCommand, PythonOption, PythonSpan } from './module.ts';
import type { ShellWord } from './shell-words.ts';

export interface CommandFinding {
  readonly code: DiagnosticCode;
  /** null: the command as a whole, that is, the script's name. */
  readonly word: ShellWord | null;
  readonly message: string;
  readonly related: PythonSpan | null;
  readonly replacements: readonly string[];
}

const interpreter = /^(?:.*\/)?python(?:3(?:\.\d+)?)?$/;

/** The script that `python script.py …` starts, with the words behind it; null for any other command. */
export function scriptOf(words: readonly ShellWord[]): { script: ShellWord; rest: readonly ShellWord[] } | null {
  let at = 0;
  while (/^[A-Za-z_]\w*=/.test(words[at]?.text ?? '')) at++;
  const program = words[at];
  if (!program || program.dynamic || !interpreter.test(program.text)) return null;
  at++;
  while (/^-[uOBsSEIqvd]+$/.test(words[at]?.text ?? '')) at++;
  const script = words[at];
  if (!script || script.dynamic || !/^[^-/].*\.py$/.test(script.text)) return null;
  return { script, rest: words.slice(at + 1) };
}

/**
 * Holds the words behind a script's name to its options: unknown ones, those that are needed, and values that they can't
 * take. Words that the shell fills in may be anything, so that nothing is called missing beside them.
 */
export function checkCommand({
  command,
  words,
}: {
  command: PythonCommand;
  words: readonly ShellWord[];
}): CommandFinding[] {
  return new CommandCheck(command).run(words);
}

class CommandCheck {
  readonly #command: PythonCommand;
  readonly #findings: CommandFinding[] = [];
  readonly #seen = new Set<PythonOption>();
  #plain = 0;
  /** A word may stand for several, or something was given that is not understood. */
  #unsure = false;

  constructor(command: PythonCommand) {
    this.#command = command;
  }

  run(words: readonly ShellWord[]): CommandFinding[] {
    for (let at = 0; at < words.length; ) {
      const word = words[at];
      if (!word) break;
      if (word.text === '--') {
        this.#unsure = true;
        break;
      }
      at += this.#isOption(word) ? 1 + this.#option(word, words.slice(at + 1)) : this.#value(word);
    }
    if (!this.#unsure) this.#missing();
    return this.#findings;
  }

  #isOption({ text }: ShellWord): boolean {
    return /^-(?!-?$)/.test(text) && !/^-\d*\.?\d+(?:[eE][-+]?\d+)?$/.test(text);
  }

  #value(word: ShellWord): 1 {
    this.#plain++;
    if (word.dynamic || word.text.startsWith('@')) this.#unsure = true;
    return 1;
  }

  /** How many words behind it are its values. */
  #option(word: ShellWord, rest: readonly ShellWord[]): number {
    const [name = '', ...parts] = word.text.split('=');
    if (/[$`]/.test(name)) {
      this.#unsure = true;
      return 0;
    }
    const found = this.#find(name);
    if (!found) return this.#unknown(word, name);
    this.#seen.add(found);
    if (found.names.includes('--help') || found.most === 0) {
      if (/^-(?:h|-help|-version)|-completion$/.test(name)) this.#unsure = true;
      return 0;
    }
    // An option with its value in one word: `--out=x`, `-n5`.
    if (parts.length > 0) {
      const value = parts.join('=');
      this.#checkValue(found, { ...word, text: value });
      return 0;
    }
    if (!found.names.includes(name) && /^-[^-]./.test(name)) return 0;
    return this.#take(found, rest);
  }

  #take(option: PythonOption, rest: readonly ShellWord[]): number {
    let count = 0;
    while (count < option.most) {
      const word = rest[count];
      if (!word || (this.#isOption(word) && !word.dynamic) || word.text === '--') break;
      this.#checkValue(option, word);
      count++;
    }
    // Which words are the option's own and which the script's can't be told any more.
    if (option.most > option.least) this.#unsure ||= this.#command.options.some(({ positional }) => positional);
    return count;
  }

  #find(name: string): PythonOption | undefined {
    const options = this.#command.options.filter(({ positional }) => !positional);
    const exact = options.find(({ names }) => names.includes(name));
    if (exact) return exact;
    if (/^-[^-]./.test(name)) return options.find(({ names }) => names.includes(name.slice(0, 2)));
    if (!this.#command.abbreviations || !name.startsWith('--')) return undefined;
    return options.find(({ names }) => names.some((each) => each.startsWith(name)));
  }

  #unknown(word: ShellWord, name: string): 0 {
    // What it takes is not known, so that what follows may be its value.
    this.#unsure = true;
    const names = this.#command.options.flatMap((option) => (option.positional ? [] : option.names));
    const meant = didYouMean(name, names);
    const hint = meant[0] ? ` Did you mean \`${meant[0]}\`?` : '';
    this.#findings.push({
      code: 'python-unknown-option',
      word,
      message: `The script has no option \`${name}\`.${hint}`,
      related: null,
      replacements: meant.map((each) => each + word.text.slice(name.length)),
    });
    return 0;
  }

  #checkValue(option: PythonOption, word: ShellWord): void {
    if (word.dynamic || word.text === '') return;
    const name = option.names.at(-1) ?? '';
    if (option.choices && !option.choices.includes(word.text)) {
      const meant = didYouMean(word.text, option.choices);
      const choices = option.choices.map((each) => `\`${each}\``).join(', ');
      this.#wrong(option, word, { message: `\`${name}\` takes one of ${choices}; not \`${word.text}\`.`, meant });
    } else if (option.type !== null && !isNumber(word.text, option.type)) {
      const kind = option.type === 'int' ? 'a whole number' : 'a number';
      this.#wrong(option, word, { message: `\`${name}\` takes ${kind}; not \`${word.text}\`.`, meant: [] });
    }
  }

  #wrong(option: PythonOption, word: ShellWord, { message, meant }: { message: string; meant: string[] }): void {
    const isWhole = word.end - word.start === word.text.length;
    this.#findings.push({
      code: 'python-argument-type',
      word,
      message,
      related: option.span,
      replacements: isWhole ? meant : [],
    });
  }

  #missing(): void {
    for (const option of this.#command.options) {
      if (option.positional || !option.required || this.#seen.has(option)) continue;
      this.#report(option, `The script needs the option \`${option.names.at(-1)}\`.`);
    }
    const positional = this.#command.options.filter((option) => option.positional && option.required);
    let left = this.#plain;
    for (const option of positional) {
      left -= Math.max(1, option.least);
      if (left < 0) this.#report(option, `The script needs the argument \`${option.names[0]}\`.`);
    }
  }

  #report(option: PythonOption, message: string): void {
    this.#findings.push({ code: 'python-missing-option', word: null, message, related: option.span, replacements: [] });
  }
}

function isNumber(text: string, type: 'int' | 'float'): boolean {
  const plain = text.trim().replaceAll('_', '');
  if (type === 'int') return /^[-+]?\d+$/.test(plain);
  return /^[-+]?(?:inf(?:inity)?|nan)$/i.test(plain) || /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain);
}
