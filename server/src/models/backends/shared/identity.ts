import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** A random name that a database keeps wherever its file is moved; part of a migration. */
export const identityTable = `CREATE TABLE identity (id TEXT NOT NULL) STRICT;
     INSERT INTO identity VALUES (lower(hex(randomblob(16))));`;

const row = z.object({ id: z.string() });

export function readIdentity(database: DatabaseSync): string {
  return row.parse(database.prepare('SELECT id FROM identity').get()).id;
}
