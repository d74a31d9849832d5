import { styleText } from 'node:util';
import type { Terminal, TerminalStream } from './terminal.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** What a command writes. Standard output has the answer alone; all that is said about it goes to standard error. */
export interface Output {
  /** Only one JSON document may be written, by {@link document}. */
  readonly json: boolean;
  /** Columns of the terminal; infinite where the output goes elsewhere: nothing is cut there. */
  readonly width: number;
  readonly interactive: boolean;
  /** Text as it stands, with a line end. */
  text(text: string): Promise<void>;
  /** Text as it stands, to the letter: a part of a file. */
  raw(text: string): Promise<void>;
  /** A JSON document; indented for a person who reads along. */
  document(value: unknown): Promise<void>;
  /** A line for people. */
  note(text: string): Promise<void>;
  style(style: Style, text: string): string;
}

export function createOutput(terminal: Terminal, options: { json: boolean; color: boolean }): Output {
  const { stdout, stderr } = terminal;
  const interactive = stdout.isTTY === true;
  const colored = options.color && !options.json && interactive && stdout.hasColors?.() !== false;
  return {
    json: options.json,
    interactive,
    width: interactive ? Math.max(20, stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    text: (text) => write(stdout, `${text}\n`),
    raw: (text) => write(stdout, text),
    document: (value) => write(stdout, `${JSON.stringify(value, null, interactive ? 2 : 0)}\n`),
    note: (text) => write(stderr, `${text}\n`),
    style: (style, text) => (colored && text !== '' ? styleText(style, text, { validateStream: false }) : text),
  };
}

function write(stream: TerminalStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

const special = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text from a store as one line that does nothing to the terminal: control characters, which could move the cursor or
 * change the direction of writing, are shown as symbols.
 */
export function harmless(text: string): string {
  return text.replace(special, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\n') return '↵';
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}
