import type { Kind } from '#schemas/config/document.ts';
import { stepActions } from '#schemas/config/pipeline.ts';
import { keyText, type Place } from '../schema/check-value.ts';
import type { Node } from '../syntax/ast.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Finding, Report } from './finding.ts';

/** The keys of one mapping, wherever its lines are. */
export type Keys = ReadonlyMap<string, { readonly key: Place | null; readonly value: Node | null }>;

interface Rule {
  readonly kind: Kind;
  /** `*` is any key or item. */
  readonly path: readonly string[];
  readonly check: (keys: Keys, place: Place, report: Report) => void;
}

const strategies = ['rolling', 'canary', 'blueGreen', 'abTest', 'shadow'];

/** What holds between the keys of a mapping, which a schema can't say with a message that helps. */
const rules: readonly Rule[] = [
  { kind: 'Pipeline', path: ['steps', '*'], check: checkStep },
  { kind: 'Pipeline', path: ['finally', '*'], check: checkStep },
  { kind: 'Deployment', path: ['strategy'], check: checkStrategy },
  { kind: 'Deployment', path: ['autoscaling'], check: checkReplicas },
  { kind: 'Model', path: ['validation', 'gates', '*'], check: checkGate },
];

/** Applies the rules at `path` and below `node`. */
export function checkRules(kind: Kind, path: readonly string[], node: Node | null, place: Place, report: Report): void {
  for (const rule of rules) {
    if (rule.kind !== kind || rule.path.length < path.length) continue;
    if (path.every((step, index) => rule.path[index] === '*' || rule.path[index] === step)) {
      descend(node, rule.path.slice(path.length), place, (found, at) => rule.check(keysOf(found), at, report));
    }
  }
}

/** Applies the rules at exactly `path` to a mapping of which only the keys are at hand. */
export function checkRulesOfKeys(
  kind: Kind,
  path: readonly string[],
  keysAt: () => Keys,
  place: Place,
  report: Report,
): void {
  const found = rules.filter(
    (rule) =>
      rule.kind === kind &&
      rule.path.length === path.length &&
      path.every((step, index) => rule.path[index] === '*' || rule.path[index] === step),
  );
  if (found.length === 0) return;
  const keys = keysAt();
  for (const rule of found) rule.check(keys, place, report);
}

type MapVisit = (node: Extract<Node, { type: 'map' }>, place: Place) => void;

function descend(node: Node | null, path: readonly string[], place: Place, visit: MapVisit): void {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (node?.type === 'map') visit(node, place);
    return;
  }
  if (node?.type === 'seq' && step === '*') for (const item of node.items) descend(item, rest, item ?? place, visit);
  if (node?.type !== 'map') return;
  for (const { key, value } of node.items) {
    if (step === '*' || keyText(key) === step) descend(value, rest, key, visit);
  }
}

function keysOf(node: Extract<Node, { type: 'map' }>): Keys {
  return new Map(node.items.map(({ key, value }) => [keyText(key) ?? '', { key, value }]));
}

function checkStep(keys: Keys, place: Place, report: Report): void {
  // A merge key may bring the action along.
  if (keys.has('<<')) return;
  const present = stepActions.filter((action) => keys.has(action));
  if (present.length === 0) {
    // A misspelt action is reported where it stands.
    if ([...keys.keys()].some((name) => didYouMean(name, stepActions).length > 0)) return;
    report(at(place, 'step-action', 'A step needs something to do: one of `run`, `entrypoint`, `uses` or `register`.'));
  } else if (present.length > 1) {
    const second = keys.get(present[1] ?? '')?.key ?? place;
    report(at(second, 'step-action', `A step does one thing; this one has ${list(present)}.`));
  }
}

function checkStrategy(keys: Keys, place: Place, report: Report): void {
  const present = strategies.filter((name) => keys.has(name));
  if (present.length === 0 && !keys.has('<<')) {
    report(at(place, 'strategy-count', `A strategy is one of ${list(strategies)}.`));
  } else if (present.length > 1) {
    report(
      at(
        keys.get(present[1] ?? '')?.key ?? place,
        'strategy-count',
        `Only one strategy can hold; this has ${list(present)}.`,
      ),
    );
  }
}

function checkReplicas(keys: Keys, place: Place, report: Report): void {
  const minimum = numberAt(keys, 'minReplicas');
  const maximum = numberAt(keys, 'maxReplicas');
  if (minimum === null || maximum === null || minimum <= maximum) return;
  report(
    at(
      keys.get('minReplicas')?.key ?? place,
      'replica-bounds',
      `minReplicas (${minimum}) is larger than maxReplicas (${maximum}).`,
    ),
  );
}

function checkGate(keys: Keys, place: Place, report: Report): void {
  if (!keys.has('metric') || keys.has('minimum') || keys.has('maximum') || keys.has('compare') || keys.has('<<'))
    return;
  report(
    at(
      keys.get('metric')?.key ?? place,
      'gate-bound',
      'A metric gate needs a bound: `minimum`, `maximum`, or `compare` with `minimumDelta`.',
    ),
  );
}

function numberAt(keys: Keys, name: string): number | null {
  const value = keys.get(name)?.value;
  return value?.type === 'scalar' && typeof value.value === 'number' ? value.value : null;
}

function at(place: Place, code: Finding['code'], message: string): Finding {
  return { code, start: place.start, end: Math.max(place.end, place.start + 1), message };
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(names.length === 2 ? ' and ' : ', ');
}
