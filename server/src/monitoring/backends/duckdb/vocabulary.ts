import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { Side } from '../../drift/drift-data.ts';
import type { Vocabulary } from '../../drift/vocabulary.ts';

const SHOWN_WORDS = 3;

/** Counts the words of a column of both tables; what does not fit in memory goes to the disk. */
export async function readVocabulary(connection: DuckDBConnection, column: string): Promise<Vocabulary> {
  const words = (side: Side) => {
    const text = `lower(${column}::VARCHAR)`;
    const each = `SELECT unnest(regexp_extract_all(${text}, '[\\p{L}\\p{M}\\p{N}]+')) AS word FROM ${side}`;
    return `SELECT word, count(*) AS n FROM (${each}) GROUP BY word`;
  };
  const reader = await connection.runAndReadAll(`
    WITH r AS (${words('reference')}), c AS (${words('current')})
    SELECT coalesce(sum(r.n), 0)::DOUBLE, coalesce(sum(c.n), 0)::DOUBLE,
      count(r.word)::DOUBLE, count(c.word)::DOUBLE, (count(*) FILTER (r.n = 1))::DOUBLE,
      coalesce(sum(c.n) FILTER (r.word IS NULL), 0)::DOUBLE,
      coalesce(min({'fewer': -c.n, 'word': c.word}, ${SHOWN_WORDS}) FILTER (r.word IS NULL), []).to_json()
    FROM r FULL JOIN c ON r.word = c.word`);
  const [inReference, inCurrent, distinctBefore, distinctNow, onceInReference, unknown, names] = row.parse(
    reader.getRowsJS()[0],
  );
  return {
    words: { reference: inReference, current: inCurrent },
    distinct: { reference: distinctBefore, current: distinctNow },
    onceInReference,
    unknown: { words: unknown, names },
  };
}

const count = z.number();
const row = z.tuple([
  ...([count, count, count, count, count, count] as const),
  z.string().transform((text) => mostFrequent.parse(JSON.parse(text)).map(({ word }) => word)),
]);
const mostFrequent = z.array(z.object({ word: z.string() }));
