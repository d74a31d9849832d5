import type { CommandId } from '../contributions/commands.ts';

export type Handler = (...args: unknown[]) => unknown;

/** What a feature does on some commands. All of them together must be every command there is. */
export type Handlers<K extends CommandId> = Readonly<Record<K, Handler>>;
