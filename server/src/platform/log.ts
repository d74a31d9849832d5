import type { Redactor } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface LogEntry {
  readonly time: number;
  readonly level: LogLevel;
  /** Redacted already. */
  readonly text: string;
}

/** Writes what happened, for people and for bug reports. Secrets are taken out before a line leaves it. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log, with these fields on every line. */
  child(fields: LogFields): Logger;
  /** The last lines, oldest first. */
  recent(): readonly LogEntry[];
}

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface LoggerOptions {
  readonly sink: (entry: LogEntry) => void;
  readonly redactor: Redactor;
  /** Less severe lines are kept for diagnostics but not handed to the sink. */
  readonly level?: LogLevel;
  /** How many lines {@link Logger.recent} keeps. */
  readonly capacity?: number;
}

export function createLogger(options: LoggerOptions): Logger {
  const { sink, redactor, level = 'info', capacity = 500 } = options;
  const lines: LogEntry[] = [];

  const write = (entryLevel: LogLevel, message: string, fields: LogFields): void => {
    const entry = { time: Date.now(), level: entryLevel, text: redactor.redact(format(message, fields)) };
    lines.push(entry);
    if (lines.length > capacity) lines.shift();
    if (order[entryLevel] >= order[level]) sink(entry);
  };

  const at = (bound: LogFields): Logger => ({
    debug: (message, fields) => write('debug', message, { ...bound, ...fields }),
    info: (message, fields) => write('info', message, { ...bound, ...fields }),
    warn: (message, fields) => write('warn', message, { ...bound, ...fields }),
    error: (message, fields) => write('error', message, { ...bound, ...fields }),
    child: (fields) => at({ ...bound, ...fields }),
    recent: () => [...lines],
  });
  return at({});
}

function format(message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [message, ...pairs.map(([key, value]) => `${key}=${quoteIfNeeded(value)}`)].join(' ');
}

function quoteIfNeeded(value: unknown): string {
  const text = String(value);
  return /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}
