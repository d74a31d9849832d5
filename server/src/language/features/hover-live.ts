import { versionMeant } from '../meaning/registered-models.ts';
import { ageInWords, countInWords, numberInWords } from '../providers/in-words.ts';
import type { KnownParam, LiveKnowledge, RegisteredModel, TrackerValues } from '../providers/ports.ts';
import type { Source } from '../syntax/source.ts';
import { describeMetric } from './complete-live.ts';
import type { Hover } from './hover.ts';
import { livePlaceOf } from './live-place.ts';
import { type Located, locate, positionAt } from './locate.ts';
import type { Place } from './symbol-at.ts';

const MAX_VALUES = 5;

/** What past runs say of the metric or param that a value names, a line each tracker; null where none says anything. */
export function hoverLive({ index, uri, position }: Place, live: LiveKnowledge): Hover | null {
  const source = index.get(uri)?.symbols.source;
  const located = source && locate(source, position);
  if (!source || !located || located.onKey) return null;
  const place = livePlaceOf(located.kind, located.path, located.key);
  if (place?.of === 'model') return hoverModel(uri, source, { located, live });
  if (place?.of !== 'metric' && place?.of !== 'paramValue') return null;
  const { known } = live.tracker.trackerValues(uri);
  if (known === null) return null;
  const text = source.text.slice(located.start, located.end).replace(/^(["'])(.*)\1$/s, '$2');
  const lines = known.value.flatMap(
    (values) => (place.of === 'paramValue' ? paramLine(values, place.param) : metricLine(values, text)) ?? [],
  );
  if (lines.length === 0) return null;
  return {
    text: `${lines.join('\n\n')}\n\n*Seen ${ageInWords(known.ageMs)}.*`,
    start: positionAt(source, located.start),
    end: positionAt(source, located.end),
  };
}

/** What the registry has of a model, and which version an alias or a range means today. */
function hoverModel(
  uri: string,
  source: Source,
  { located, live }: { readonly located: Located; readonly live: LiveKnowledge },
): Hover | null {
  const { known } = live.registry.models(uri);
  const text = source.text.slice(located.start, located.end).replace(/^(["'])(.*)\1$/s, '$2');
  const [name = '', selector] = text.split('@', 2);
  const model = known?.value.find((each) => each.name === name);
  if (known === null || !model) return null;
  const means = selector === undefined ? null : versionMeant(model, selector);
  const lines = [
    ...(means === null || means === selector ? [] : [`\`${text}\` is \`${name}@${means}\` today.`]),
    `\`${name}\` has ${countInWords(model.versions.length, 'version')}: ${listed(model)}`,
  ];
  return {
    text: `${lines.join('\n\n')}\n\n*Seen ${ageInWords(known.ageMs)}.*`,
    start: positionAt(source, located.start),
    end: positionAt(source, located.end),
  };
}

function listed({ aliases, versions }: RegisteredModel): string {
  const shown = versions.slice(0, MAX_VALUES).map((version) => {
    const names = aliases.filter((alias) => alias.version === version).map(({ name }) => `@${name}`);
    return `\`${version}\`${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
  });
  return shown.join(', ') + (versions.length > MAX_VALUES ? ', …' : '');
}

function metricLine({ tracker, metrics }: TrackerValues, name: string): string | null {
  const metric = metrics.find((each) => each.name === name);
  if (!metric) return null;
  const recent = metric.recent.slice(0, MAX_VALUES).map(numberInWords).join(', ');
  return `\`${name}\` in \`${tracker}\`: ${describeMetric(metric)}${recent === '' ? '' : ` · last ${recent}`}`;
}

function paramLine({ tracker, params }: TrackerValues, name: string): string | null {
  const param = params.find((each) => each.name === name);
  if (!param || param.values.length === 0) return null;
  return `\`${name}\` in \`${tracker}\`: param of ${countInWords(param.runs, 'run')} · ${valuesOf(param)}`;
}

function valuesOf({ values }: KnownParam): string {
  const shown = values.slice(0, MAX_VALUES).map(({ text, runs }) => `\`${text.replaceAll('`', '')}\` (${runs}×)`);
  return `${shown.join(', ')}${values.length > MAX_VALUES ? ', …' : ''}`;
}
