import type { DriftOverTime } from '#schemas/domain/drift-details.ts';
import type { Side } from '../../drift/drift-data.ts';
import { type ColumnReader, numberIn } from './column-reader.ts';
import { double, name, text } from './sql.ts';

/** Spans of time that a course is made of. */
const SPANS = 100;
const MOST_COURSES = 5;
const seconds = 1_000;

type Course = DriftOverTime['courses'][number];

/**
 * How a column went over time: the median of what has an order, the shares of the most frequent categories otherwise, by
 * equal spans over the times of both samples. Null where no side has a time.
 */
export async function readCourse(reader: ColumnReader, timeColumn: string): Promise<DriftOverTime | null> {
  const range = await timesOf(reader, timeColumn);
  if (!range) return null;
  const categories = reader.isOrdered ? null : await frequentCategories(reader);
  const courses: Course[] = [];
  for (const side of range.sides) {
    const span = spanSql(moment(reader, timeColumn, side), range);
    courses.push(
      ...(categories ? await shares(reader, side, span, categories) : await medians(reader, side, span)).map(
        ({ label, points }): Course => ({
          name: label,
          side,
          x: points.map(([bin]) => (range.from + (bin + 0.5) * range.width) * seconds),
          y: points.map(([, value]) => value),
        }),
      ),
    );
  }
  return { column: timeColumn, measure: categories ? 'share' : 'median', courses };
}

interface Times {
  /** Seconds. */
  readonly from: number;
  readonly width: number;
  readonly sides: readonly Side[];
}

interface Line {
  readonly label: string;
  /** Which span, and what is found there. */
  readonly points: readonly (readonly [number, number])[];
}

async function timesOf(reader: ColumnReader, timeColumn: string): Promise<Times | null> {
  const ranges: { side: Side; from: number; to: number }[] = [];
  for (const side of ['reference', 'current'] as const) {
    if (!reader.data.columns[side].some((column) => column.name === timeColumn)) continue;
    const value = moment(reader, timeColumn, side);
    const [row] = await reader.rows(
      `SELECT min(t) AS low, max(t) AS high FROM (SELECT ${value} AS t FROM ${name(side)}) WHERE isfinite(t)`,
    );
    const [from, to] = [numberIn(row?.low), numberIn(row?.high)];
    if (Number.isFinite(from) && Number.isFinite(to)) ranges.push({ side, from, to });
  }
  if (ranges.length === 0) return null;
  const from = Math.min(...ranges.map((range) => range.from));
  const to = Math.max(...ranges.map((range) => range.to));
  return { from, width: to > from ? (to - from) / SPANS : 1, sides: ranges.map(({ side }) => side) };
}

function moment(reader: ColumnReader, timeColumn: string, side: Side): string {
  return reader.data.valueSql({ name: timeColumn, type: 'time' }, side);
}

function spanSql(value: string, { from, width }: Times): string {
  return `least(${SPANS - 1}, floor((${value} - ${double(from)}) / ${double(width)}))::INTEGER`;
}

async function medians(reader: ColumnReader, side: Side, span: string): Promise<Line[]> {
  const value = reader.value(side);
  const median = reader.isLarge(side) ? `approx_quantile(${value}, 0.5)` : `median(${value})`;
  const rows = await reader.rows(
    `SELECT ${span} AS bin, ${median} AS y FROM ${name(side)}
     WHERE ${reader.usable(side)} GROUP BY 1 HAVING bin IS NOT NULL ORDER BY 1`,
  );
  return [{ label: 'Median', points: rows.map((row) => [numberIn(row.bin), numberIn(row.y) * reader.unit]) }];
}

async function frequentCategories(reader: ColumnReader): Promise<string[]> {
  const all = (['reference', 'current'] as const).map(
    (side) =>
      `SELECT ${reader.value(side)} AS value, 1 / greatest(1, ${reader.data.rows[side]}) AS weight FROM ${name(side)}`,
  );
  const rows = await reader.rows(
    `SELECT value FROM (${all.join(' UNION ALL ')}) WHERE value IS NOT NULL
     GROUP BY value ORDER BY sum(weight) DESC, value LIMIT ${MOST_COURSES}`,
  );
  return rows.map((row) => String(row.value));
}

async function shares(
  reader: ColumnReader,
  side: Side,
  span: string,
  categories: readonly string[],
): Promise<readonly Line[]> {
  if (categories.length === 0) return [];
  const counts = categories.map((category, index) => `count(*) FILTER (v = ${text(category)}) / count(*) AS y${index}`);
  const rows = await reader.rows(
    `SELECT bin, ${counts.join(', ')} FROM (SELECT ${span} AS bin, ${reader.value(side)} AS v FROM ${name(side)})
     WHERE bin IS NOT NULL AND v IS NOT NULL GROUP BY bin ORDER BY bin`,
  );
  return categories.map((label, index) => ({
    label,
    points: rows.map((row) => [numberIn(row.bin), numberIn(row[`y${index}`])]),
  }));
}
