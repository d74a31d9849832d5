import { formatBytes } from '#schemas/domain/bytes.ts';
import { format } from '../shared/format.ts';

const suffixes: Readonly<Record<string, string>> = {
  percent: ' %',
  s: ' s',
  ms: ' ms',
  reqps: ' req/s',
  none: '',
  short: '',
};

/** A value with its unit, which is named as Grafana names it; one we don't know is shown as it stands. */
export function withUnit(value: number, unit: string | null): string {
  if (unit === null || !Number.isFinite(value)) return format.number(Number.isFinite(value) ? value : asText(value));
  if (unit === 'percentunit') return `${format.number(Number((value * 100).toPrecision(6)))} %`;
  if (unit === 'bytes' && value >= 0) return formatBytes(value);
  return `${format.number(value)}${suffixes[unit] ?? ` ${unit}`}`;
}

function asText(value: number): 'NaN' | 'Infinity' | '-Infinity' {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
