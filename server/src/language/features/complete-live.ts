import { ageInBrief, ageInWords, countInWords, numberInWords } from '../providers/in-words.ts';
import type { LiveAnswer } from '../providers/live-cache.ts';
import type { KnownMetric, LiveKnowledge, RegisteredModel, TrackerValues } from '../providers/ports.ts';
import { schemaOf } from '../schema/schema-model.ts';
import { schemasAt } from '../schema/schema-path.ts';
import type { Completion } from './complete.ts';
import type { KnownNumbers } from './complete-expression.ts';
import type { CursorContext } from './cursor.ts';
import { cursorContext, documentAt, kindOf } from './cursor-context.ts';
import { lineText } from './line-shape.ts';
import { type LivePlace, livePlaceOf } from './live-place.ts';
import { type PromqlPlace, promqlAt } from './live-promql.ts';
import type { Place } from './symbol-at.ts';

export interface LiveCompletions {
  readonly items: readonly Completion[];
  /** More, or newer, may be known in a moment: ask again. */
  readonly pending: boolean;
  /** Other values than those of the schema are wrong here. */
  readonly onlyOwn: boolean;
}

export const noLiveCompletions: LiveCompletions = { items: [], pending: false, onlyOwn: false };

interface Offer {
  readonly label: string;
  readonly detail: string;
  /** A few words of `detail`, to stand beside the label. */
  readonly summary?: string;
  /** What is put in, where it is not the label. */
  readonly text?: string;
}

interface Offered {
  readonly offers: readonly Offer[];
  readonly pending: boolean;
}

/** What past runs, the registry, the cluster or Prometheus know to put here, at once: never waits for any of them. */
export function completeLive(place: Place, live: LiveKnowledge): LiveCompletions {
  const source = place.index.get(place.uri)?.symbols.source;
  if (!source) return noLiveCompletions;
  const query = promqlAt(source, place.position);
  if (query) {
    const { offers, pending } = promqlOffers(query, place.uri, live);
    const replace = { line: place.position.line, start: query.start, end: query.end };
    const space = query.needsSpace ? ' ' : '';
    return { items: offers.map((offer, order) => item(offer, { order, replace, space })), pending, onlyOwn: false };
  }
  const context = cursorContext(source, place.position);
  const at = context.role === 'value' ? livePlaceOf(context.kind, context.path, context.key) : null;
  if (!at) return noLiveCompletions;
  const typed = lineText(source, place.position.line).slice(context.replace.start, place.position.character);
  const { offers, pending } = offersAt(at, { place, context, live, typed });
  const space = context.needsSpace ? ' ' : '';
  const items = offers.map((offer, order) => item(offer, { order, replace: context.replace, space }));
  return { items, pending, onlyOwn: context.kind === 'Monitor' && at.of === 'metric' };
}

/** Metrics of past runs, for what a step or a monitor may have measured; nobody is asked before `names` is. */
export function liveNumbers(
  { index, uri, position }: Place,
  live: LiveKnowledge,
): { names: KnownNumbers; isPending: () => boolean } {
  let pending = false;
  return {
    names: () => {
      const found = gather(live.tracker.trackerValues(uri), metricOffers);
      pending = found.pending;
      const source = index.get(uri)?.symbols.source;
      const document = source && documentAt(source, position.line);
      // A monitor measures what its schema lists, and nothing else.
      if (!document || kindOf(document) !== 'Monitor') return found.offers;
      return found.offers.filter(({ label }) => measuredByMonitors().has(label));
    },
    isPending: () => pending,
  };
}

function measuredByMonitors(): ReadonlySet<unknown> {
  const [metric] = schemasAt(schemaOf('Monitor'), ['performance', 'metrics', '*']);
  return new Set(metric?.properties.get('name')?.enum ?? []);
}

interface Asked {
  readonly place: Place;
  readonly context: CursorContext;
  readonly live: LiveKnowledge;
  readonly typed: string;
}

function offersAt(at: LivePlace, asked: Asked): Offered {
  const { place, context, live } = asked;
  const { uri } = place;
  switch (at.of) {
    case 'metric':
      return gather(live.tracker.trackerValues(uri), metricOffers);
    case 'experiment':
      return gather(live.tracker.trackerValues(uri), experimentOffers);
    case 'paramValue':
      return gather(live.tracker.trackerValues(uri), (trackers) =>
        paramOffers(trackers, { param: at.param, type: context.siblings.get('type') }),
      );
    case 'model':
      return modelOffers(asked);
    case 'ownVersion':
      return ownVersionOffers(asked);
    case 'context':
      return gather(live.cluster.contexts(uri), (names) => named(names, 'context'));
    case 'namespace': {
      const cluster = context.siblings.get('context') ?? '';
      return gather(live.cluster.namespaces(uri, cluster), (names) =>
        named(names, `namespace in ${cluster || 'the cluster'}`),
      );
    }
    case 'promql':
      return { offers: [], pending: false };
  }
}

function gather<T>(answer: LiveAnswer<T>, offers: (value: T) => readonly Offer[]): Offered {
  const { known, pending } = answer;
  if (known === null) return { offers: [], pending };
  const aged = offers(known.value).map((offer) => ({
    ...offer,
    detail: `${offer.detail} · seen ${ageInWords(known.ageMs)}`,
    summary: `${offer.summary ?? offer.detail} · ${ageInBrief(known.ageMs)}`,
  }));
  return { offers: aged, pending };
}

function named(names: readonly string[], noun: string): Offer[] {
  return names.map((label) => ({ label, detail: `${noun}` }));
}

/** Of trackers that know the same name, the one with the most runs of it speaks. */
function mostUsed<T extends { readonly name: string; readonly runs: number }>(all: readonly T[]): T[] {
  const best = new Map<string, T>();
  for (const each of all) if ((best.get(each.name)?.runs ?? 0) < each.runs) best.set(each.name, each);
  return [...best.values()].sort((a, b) => b.runs - a.runs);
}

function metricOffers(trackers: readonly TrackerValues[]): Offer[] {
  return mostUsed(trackers.flatMap(({ metrics }) => metrics)).map((metric) => ({
    label: metric.name,
    detail: describeMetric(metric),
    summary: `${countInWords(metric.runs, 'run')}${bestOf(metric)}`,
  }));
}

/** `metric of 214 runs · best 0.83`. */
export function describeMetric(metric: KnownMetric): string {
  return `metric of ${countInWords(metric.runs, 'run')}${bestOf(metric)}`;
}

function bestOf({ best }: KnownMetric): string {
  return best === null ? '' : ` · best ${numberInWords(best)}`;
}

function experimentOffers(trackers: readonly TrackerValues[]): Offer[] {
  const names = [...new Set(trackers.flatMap(({ experiments }) => experiments))];
  return named(names, 'experiment');
}

function paramOffers(
  trackers: readonly TrackerValues[],
  { param, type }: { param: string; type: string | undefined },
): Offer[] {
  const values = trackers.flatMap(({ params }) => params.find(({ name }) => name === param)?.values ?? []);
  return mostUsed(values.map(({ text, runs }) => ({ name: text, runs }))).map(({ name, runs }) => ({
    label: name,
    text: asYaml(name, type),
    detail: `value in ${countInWords(runs, 'run')}`,
  }));
}

/** Names of models, and after `name@` its aliases and versions. */
function modelOffers({ place, live, typed }: Asked): Offered {
  const at = typed.lastIndexOf('@');
  const model = at < 0 ? null : typed.slice(0, at).replace(/^["']/, '');
  const own = new Set(place.index.documents('Model').map(({ document }) => document.name));
  return gather(live.registry.models(place.uri), (models) =>
    model === null
      ? models
          .filter(({ name }) => !own.has(name))
          .map(({ name, versions }) => ({
            label: name,
            detail: `model with ${countInWords(versions.length, 'version')}`,
          }))
      : versionOffers(models.find(({ name }) => name === model)).map(({ label, detail }) => ({
          label: `${model}@${label}`,
          detail,
        })),
  );
}

function ownVersionOffers({ place, live }: Asked): Offered {
  const name = modelOf(place);
  return gather(live.registry.models(place.uri), (models) => versionOffers(models.find((each) => each.name === name)));
}

/** The model that the document is about: its own name, or what it names. */
function modelOf({ index, uri, position }: Place): string | null {
  const document = index
    .get(uri)
    ?.symbols.documents.find(
      ({ document: { firstLine, endLine } }) => position.line >= firstLine && position.line < endLine,
    );
  return document?.name ?? null;
}

function versionOffers(model: RegisteredModel | undefined): Offer[] {
  if (!model) return [];
  return [
    ...model.aliases.map(({ name, version }) => ({ label: name, detail: `alias of ${version}` })),
    ...model.versions.map((version) => ({ label: version, detail: `version` })),
  ];
}

function promqlOffers({ part, metric, label }: PromqlPlace, uri: string, { prometheus }: LiveKnowledge): Offered {
  switch (part) {
    case 'metric':
      return gather(prometheus.metricNames(uri), (names) => named(names, 'metric in Prometheus'));
    case 'label':
      return gather(prometheus.labelNames(uri, metric), (names) => named(names, 'label'));
    case 'value':
      return gather(prometheus.labelValues(uri, { metric, label }), (names) => named(names, `value of ${label}`));
  }
}

/** Below names from the workspace's files, above examples; in the order given. */
function item(
  { label, detail, summary = '', text = label }: Offer,
  of: { order: number; replace: Completion['replace']; space: string },
): Completion {
  return {
    label,
    kind: 'value',
    detail,
    summary,
    documentation: '',
    text: of.space + text.replace(/[\\$}]/g, '\\$&'),
    replace: of.replace,
    sort: `!~${String(of.order).padStart(5, '0')}`,
    continues: false,
  };
}

/** Text of a value as YAML: quoted where it would be read as something else. */
function asYaml(text: string, type: string | undefined): string {
  const isPlain = /^[\p{L}\p{N}_./+-][\p{L}\p{N}_ ./+@-]*$/u.test(text) && !text.endsWith(' ');
  const isNoText = /^(?:[-+.\d].*|true|false|null|yes|no|on|off|~)$/i.test(text);
  return isPlain && !(type === 'string' && isNoText) ? text : JSON.stringify(text);
}

/** Both lists as one: what is known live replaces an example of the same name, and where values are fixed, adds none. */
export function withLive(own: readonly Completion[], live: LiveCompletions): Completion[] {
  const known = new Set(own.map(({ label }) => label));
  const added = live.onlyOwn ? live.items.filter(({ label }) => known.has(label)) : live.items;
  const replaced = new Set(added.map(({ label }) => label));
  return [...added, ...own.filter(({ label, kind }) => kind !== 'value' || !replaced.has(label))];
}
