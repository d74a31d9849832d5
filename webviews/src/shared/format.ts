import { fromJsonInteger, fromJsonNumber, type JsonInteger, type JsonNumber } from '#schemas/domain/number.ts';

/** Text as people read it, in one language. */
export interface Format {
  /** A metric's value: five significant digits, an exponent where it is very large or small. */
  number(value: JsonNumber): string;
  /** A value with every digit that it has. */
  exact(value: JsonNumber): string;
  /** A signed difference to three significant digits, `+0.012`. */
  delta(value: number): string;
  count(value: number): string;
  step(value: JsonInteger): string;
  /** `5 minutes ago`; times are Unix milliseconds. */
  ago(time: number, now: number): string;
  dateTime(time: number): string;
  /** As {@link dateTime}, without the date where `time` is on the same day as `now`. */
  shortDateTime(time: number, now: number): string;
  compareText(a: string, b: string): number;
}

const relativeUnits: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `language` is a BCP 47 tag; one that the engine does not know gives English. */
export function createFormat(language: string): Format {
  const locale = Intl.NumberFormat.supportedLocalesOf(safeTag(language))[0] ?? 'en';
  const plain = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5, useGrouping: false });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: false });
  const scientific = new Intl.NumberFormat(locale, { notation: 'scientific', maximumFractionDigits: 3 });
  const differences = new Intl.NumberFormat(locale, {
    maximumSignificantDigits: 3,
    signDisplay: 'always',
    useGrouping: false,
  });
  const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const shortDates = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const collator = new Intl.Collator(locale, { numeric: true });

  const finite = (value: number): string => {
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e9 || size < 1e-4)) return scientific.format(value);
    return Number.isInteger(value) || size >= 1e5 ? whole.format(value) : plain.format(value);
  };
  const number = (value: JsonNumber): string => {
    const parsed = fromJsonNumber(value);
    return Number.isFinite(parsed) ? finite(parsed) : notFinite(parsed);
  };

  return {
    number,
    // For tooltips of every cell: no formatter, whose work would be seen while scrolling.
    exact: (value) => {
      const parsed = fromJsonNumber(value);
      return Number.isFinite(parsed) ? String(parsed) : notFinite(parsed);
    },
    delta: (value) => differences.format(value),
    count: (value) => counts.format(value),
    step: (value) => counts.format(fromJsonInteger(value)),
    ago(time, now) {
      const past = now - time;
      const unit = relativeUnits.find(([, size]) => Math.abs(past) >= size);
      return unit ? relative.format(-Math.trunc(past / unit[1]), unit[0]) : relative.format(0, 'second');
    },
    dateTime: (time) => dates.format(time),
    shortDateTime: (time, now) =>
      new Date(time).toDateString() === new Date(now).toDateString() ? times.format(time) : shortDates.format(time),
    compareText: collator.compare,
  };
}

function safeTag(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
}

/** `1 h 5 min`, `4.2 s`, `320 ms`: the two largest parts of a duration in milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `−${formatDuration(-milliseconds)}`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1000);
  const parts: readonly [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** The page's format: the language that the host wrote into the page. */
export const format: Format = createFormat(typeof document === 'undefined' ? 'en' : document.documentElement.lang);
