import type { z } from 'zod';
import type { DriftMethod } from '#schemas/config/drift-methods.ts';
import { driftSettings } from '#schemas/config/monitor.ts';
import { durationMs } from '../../platform/units.ts';
import type { ColumnSettings, DriftRequest } from './drift-request.ts';

type DriftSettings = z.infer<typeof driftSettings>;

/** What was asked for beside a Monitor document; it goes before what that says. */
export interface Wishes {
  readonly columns: readonly string[];
  readonly methods: readonly DriftMethod[];
  /** false: no segments, whatever the document says. */
  readonly explain?: boolean | undefined;
  readonly domainClassifier?: boolean | undefined;
}

/** What a drift section asks for; without one, its defaults. */
export function toRequest(settings: DriftSettings | null, wishes: Wishes): DriftRequest {
  const { columns, methods } = wishes;
  const said = settings ?? driftSettings.parse({ reference: 'reference', current: 'current' });
  const declared = declaredColumns(said.columns);
  const named = columns.length > 0 ? new Map(columns.map((name) => [name, declared?.get(name) ?? {}])) : declared;
  const own =
    named && methods.length > 0 ? new Map([...named].map(([name, one]) => [name, withoutMethod(one)])) : named;
  const general = said.method === undefined ? [] : [said.method];
  return {
    columns: own,
    exclude: said.exclude ?? [],
    detectors: new Map(
      Object.entries(said.detectors ?? {}).map(([name, { run, timeout }]) => {
        return [name, { name, run, timeoutMs: durationMs(timeout) }] as const;
      }),
    ),
    methods: methods.length > 0 ? methods : general,
    // A threshold is one of a method: of another it would mean something else.
    threshold: methods.length > 0 ? null : (said.threshold ?? null),
    share: said.share,
    correction: said.correction,
    minimumRows: said.minimumRows,
    explain: said.explain && wishes.explain !== false,
    domainClassifier: classifierOf(said.domainClassifier, wishes.domainClassifier === true),
  };
}

function classifierOf(said: DriftSettings['domainClassifier'], wished: boolean): DriftRequest['domainClassifier'] {
  if (typeof said === 'object') return { threshold: said.threshold ?? null };
  return said || wished ? { threshold: null } : null;
}

function withoutMethod({ type, maxMissing, detector }: ColumnSettings): ColumnSettings {
  return { type, maxMissing, detector };
}

function declaredColumns(columns: DriftSettings['columns']): ReadonlyMap<string, ColumnSettings> | null {
  if (columns === undefined) return null;
  return new Map(Array.isArray(columns) ? columns.map((name) => [name, {}]) : Object.entries(columns));
}
