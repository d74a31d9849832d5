import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { Side } from '../../drift/drift-data.ts';
import type { Vocabulary } from '../../drift/vocabulary.ts';
import { readRows } from './read.ts';

const SHOWN_WORDS = 3;

/** Counts the words of a column of both tables; what does not fit in memory goes to the disk. */
export async function readVocabulary(connection: DuckDBConnection, column: string): Promise<Vocabulary> {
  const words = (side: Side) => {
    const text = `lower(${column}::VARCHAR)`;
    const each = `SELECT unnest(regexp_extract_all(${text}, '[\\p{L}\\p{M}\\p{N}]+')) AS word FROM ${side}`;
    return `SELECT word, count(*) AS n FROM (${each}) GROUP BY word`;
  };
  const [found] = await readRows(
    connection,
    `WITH r AS (${words('reference')}), c AS (${words('current')})
    SELECT coalesce(sum(r.n), 0)::DOUBLE AS "inReference", coalesce(sum(c.n), 0)::DOUBLE AS "inCurrent",
      count(r.word)::DOUBLE AS "distinctBefore", count(c.word)::DOUBLE AS "distinctNow",
      (count(*) FILTER (r.n = 1))::DOUBLE AS "onceInReference",
      coalesce(sum(c.n) FILTER (r.word IS NULL), 0)::DOUBLE AS unknown,
      coalesce(min({'fewer': -c.n, 'word': c.word}, ${SHOWN_WORDS}) FILTER (r.word IS NULL), []) AS names
    FROM r FULL JOIN c ON r.word = c.word`,
  );
  const { inReference, inCurrent, distinctBefore, distinctNow, onceInReference, unknown, names } = counts.parse(found);
  return {
    words: { reference: inReference, current: inCurrent },
    distinct: { reference: distinctBefore, current: distinctNow },
    onceInReference,
    unknown: { words: unknown, names: names.map(({ word }) => word) },
  };
}

const counts = z.object({
  inReference: z.number(),
  inCurrent: z.number(),
  distinctBefore: z.number(),
  distinctNow: z.number(),
  onceInReference: z.number(),
  unknown: z.number(),
  names: z.array(z.object({ word: z.string() })),
});
