import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertMemory, alertMemory, noMemory } from '#server/monitoring/alerts/alert-memory.ts';
import type { Outcome } from '#server/monitoring/alerts/conditions.ts';
import { type JudgedAlerts, judgeAlerts } from '#server/monitoring/alerts/judge-alerts.ts';
import type { AlertPolicy, AlertRule } from '#server/monitoring/alerts/rules.ts';

const minute = 60_000;
const start = Date.UTC(2026, 0, 5);

function rule(parts: Partial<AlertRule> = {}): AlertRule {
  return {
    name: 'slow',
    when: 'metrics.latency > 0.3',
    channels: ['team'],
    severity: 'warning',
    forMs: 0,
    keepFiringForMs: 0,
    groupBy: ['alert'],
    repeatMs: 60 * minute,
    inhibits: [],
    runbook: null,
    labels: {},
    tellsResolved: true,
    ...parts,
  };
}

function policy(...rules: AlertRule[]): AlertPolicy {
  return { monitor: 'churn', model: 'churn@champion', labels: { model: 'churn' }, rules, silences: [] };
}

type Seen = Readonly<Record<string, boolean | null | readonly Outcome[]>>;

/** Goes through checks, each with minutes and what each rule's condition said; the notices of each. */
function run(given: AlertPolicy, checks: readonly (readonly [number, Seen])[], refreshed = new Set<string>()) {
  let memory: AlertMemory = noMemory;
  const steps: JudgedAlerts[] = [];
  for (const [minutes, seen] of checks) {
    const step = judgeAlerts(memory, {
      policy: given,
      outcomes: outcomesOf(seen),
      refreshed,
      now: start + minutes * minute,
    });
    memory = alertMemory.parse(JSON.parse(JSON.stringify(step.memory)));
    steps.push(step);
  }
  const kinds = steps.map(({ notices }) => notices.map(({ kind }) => kind).join());
  return { steps, kinds, states: steps.map(({ statuses }) => statuses.map(({ state }) => state).join()) };
}

function outcomesOf(seen: Seen): Map<string, readonly Outcome[]> {
  return new Map(
    Object.entries(seen).map(([name, holds]) => [
      name,
      typeof holds === 'boolean' || holds === null ? [{ labels: {}, holds, found: 'x = 1' }] : holds,
    ]),
  );
}

const of = (labels: Record<string, string>, holds: boolean | null): Outcome => ({ labels, holds, found: `${holds}` });

describe('judgeAlerts', () => {
  it('waits for as long as `for` says, from when the condition began to hold', () => {
    const { kinds, states } = run(policy(rule({ forMs: 10 * minute })), [
      [0, { slow: true }],
      [9, { slow: true }],
      [10, { slow: true }],
      [11, { slow: false }],
      [12, { slow: true }],
    ]);
    expect(states).toEqual(['pending', 'pending', 'firing', 'inactive', 'pending']);
    expect(kinds).toEqual(['', '', 'new', 'resolved', '']);
  });

  it('goes on firing for as long as `keepFiringFor` says, and says nothing when it holds again', () => {
    const { kinds } = run(policy(rule({ keepFiringForMs: 10 * minute })), [
      [0, { slow: true }],
      [1, { slow: false }],
      [5, { slow: true }],
      [6, { slow: false }],
      [15, { slow: false }],
      [16, { slow: false }],
    ]);
    expect(kinds).toEqual(['new', '', '', '', '', 'resolved']);
  });

  it('neither fires nor resolves while nobody knows, and says so', () => {
    const { kinds, states, steps } = run(policy(rule({ forMs: 5 * minute })), [
      [0, { slow: null }],
      [1, { slow: true }],
      [20, { slow: null }],
      [21, { slow: true }],
      [22, { slow: null }],
      [23, { slow: false }],
    ]);
    expect(states).toEqual(['unknown', 'pending', 'pending', 'firing', 'firing', 'inactive']);
    expect(kinds).toEqual(['', '', '', 'new', '', 'resolved']);
    expect(steps[4]?.statuses[0]?.reason).toContain('could not be told again');
  });

  it('repeats while it lasts; a channel that wants to hear of it each time does', () => {
    const checks = [0, 30, 60, 90, 120].map((at) => [at, { slow: true }] as const);
    expect(run(policy(rule()), checks).kinds).toEqual(['new', '', 'repeat', '', 'repeat']);
    const often = run(policy(rule()), checks, new Set(['team']));
    expect(often.kinds).toEqual(['new', 'refresh', 'repeat', 'refresh', 'repeat']);
    expect(often.steps[1]?.notices[0]?.validUntil).toBe(start + 150 * minute);
  });

  it('puts alerts with the same labels into one notice, across rules', () => {
    const grouped = policy(rule({ groupBy: ['model'] }), rule({ name: 'wrong', groupBy: ['model'] }));
    const { steps } = run(grouped, [[0, { slow: [of({ pod: 'a' }, true), of({ pod: 'b' }, true)], wrong: true }]]);
    expect(steps[0]?.notices).toMatchObject([{ groupLabels: { model: 'churn' }, firing: [{}, {}, {}] }]);
  });

  it('tells of what is new in a group and what is over in it', () => {
    const { steps } = run(policy(rule()), [
      [0, { slow: [of({ pod: 'a' }, true), of({ pod: 'b' }, false)] }],
      [1, { slow: [of({ pod: 'a' }, true), of({ pod: 'b' }, true)] }],
      [2, { slow: [of({ pod: 'a' }, false), of({ pod: 'b' }, true)] }],
    ]);
    const pods = steps.map(({ notices }) =>
      notices.map((notice) => [
        notice.firing.map((one) => one.labels.pod),
        notice.resolved.map((one) => one.labels.pod),
      ]),
    );
    expect(pods[0]).toEqual([[['a'], []]]);
    expect(pods[1]?.[0]?.[0]?.toSorted()).toEqual(['a', 'b']);
    expect(pods[2]).toEqual([[['b'], ['a']]]);
  });

  it('gives a label set that is gone as long as a repeat, then it is over', () => {
    const both = { slow: [of({ pod: 'a' }, true), of({ pod: 'b' }, false)] };
    const { kinds, steps } = run(policy(rule()), [
      [0, both],
      [10, { slow: [of({ pod: 'b' }, false)] }],
      [50, { slow: null }],
      [60, { slow: [of({ pod: 'b' }, false)] }],
    ]);
    expect(kinds).toEqual(['new', '', '', 'resolved']);
    expect(steps[3]?.notices[0]?.resolved[0]?.found).toContain('Nothing is reported');
  });

  it('keeps quiet during a silence and says afterwards what is over', () => {
    const silenced = {
      ...policy(rule()),
      silences: [
        { match: { alert: 'slow' }, from: start + 5 * minute, until: start + 20 * minute, comment: 'Migration.' },
      ],
    };
    const { kinds, states } = run(silenced, [
      [0, { slow: true }],
      [10, { slow: true }],
      [15, { slow: false }],
      [20, { slow: false }],
    ]);
    expect(states).toEqual(['firing', 'silenced', 'inactive', 'inactive']);
    expect(kinds).toEqual(['new', '', '', 'resolved']);
    expect(
      run(silenced, [
        [10, { slow: true }],
        [20, { slow: true }],
      ]).kinds,
    ).toEqual(['', 'new']);
  });

  it('lets an alert keep others quiet, and the first of those that do it to each other be told', () => {
    const down = rule({ name: 'down', inhibits: ['slow'] });
    const { states, kinds } = run(policy(rule(), down), [
      [0, { slow: true, down: true }],
      [1, { slow: true, down: false }],
    ]);
    expect(states).toEqual(['firing,inhibited', 'inactive,firing']);
    expect(kinds.map((all) => all.split(',').sort().join())).toEqual(['new', 'new,resolved']);
    const mutual = policy(rule({ inhibits: ['down'] }), down);
    expect(run(mutual, [[0, { slow: true, down: true }]]).states).toEqual(['inhibited,firing']);
    const itself = policy(rule({ inhibits: ['slow'] }));
    expect(run(itself, [[0, { slow: true }]]).states).toEqual(['firing']);
  });

  it('says of an alert that was taken out of the document that it is over', () => {
    const first = judgeAlerts(noMemory, {
      policy: policy(rule()),
      outcomes: outcomesOf({ slow: true }),
      refreshed: new Set(),
      now: start,
    });
    const { notices } = judgeAlerts(first.memory, {
      policy: policy(),
      outcomes: new Map(),
      refreshed: new Set(),
      now: start + 1,
    });
    expect(notices).toMatchObject([
      { kind: 'resolved', resolved: [{ found: expect.stringContaining('no longer in the document') }] },
    ]);
  });

  it('begins to wait anew where the clock goes back, and repeats no later than an interval after', () => {
    const { kinds } = run(policy(rule({ forMs: 10 * minute })), [
      [100, { slow: true }],
      [20, { slow: true }],
      [29, { slow: true }],
      [30, { slow: true }],
      [5, { slow: true }],
      [65, { slow: true }],
    ]);
    expect(kinds).toEqual(['', '', '', 'new', '', 'repeat']);
  });
});

describe('whatever conditions say and whenever checks come', () => {
  const holds = fc.constantFrom<boolean | null>(true, false, null);
  const outcomes = fc.uniqueArray(fc.record({ pod: fc.constantFrom('a', 'b', 'c'), holds }), {
    maxLength: 3,
    selector: ({ pod }) => pod,
  });
  const checks = fc.array(fc.record({ after: fc.integer({ min: -20, max: 60 }), outcomes }), { maxLength: 25 });
  const rules = fc.record({
    forMs: fc.integer({ min: 0, max: 40 }).map((m) => m * minute),
    keepFiringForMs: fc.integer({ min: 0, max: 40 }).map((m) => m * minute),
    groupBy: fc.constantFrom(['alert'], ['pod'], []),
    repeatMs: fc.integer({ min: 1, max: 90 }).map((m) => m * minute),
  });

  /** The steps of a run with the times of its checks. */
  function walk(
    given: AlertPolicy,
    all: readonly { after: number; outcomes: readonly { pod: string; holds: boolean | null }[] }[],
  ) {
    let minutes = 1000;
    const timed = all.map(({ after, outcomes: seen }) => {
      minutes += after;
      return [minutes, { slow: seen.map((one) => of({ pod: one.pod }, one.holds)) }] as const;
    });
    return { times: timed.map(([at]) => start + at * minute), seen: timed, ...run(given, timed) };
  }

  it('no alert fires before `for`, nor on a condition that did not just hold', () => {
    fc.assert(
      fc.property(rules, checks, (parts, all) => {
        const { steps, times, seen } = walk(policy(rule({ ...parts, keepFiringForMs: 0 })), all);
        const held = new Map<string, number>();
        for (const [index, { notices }] of steps.entries()) {
          const now = times[index] ?? 0;
          noteHeld(held, seen[index]?.[1].slow ?? [], now);
          for (const { labels } of newIn(notices)) {
            const since = held.get(labels.pod ?? '') ?? Number.POSITIVE_INFINITY;
            expect(now - since).toBeGreaterThanOrEqual(parts.forMs);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  /** Since when each condition was not found otherwise, whatever the clock did. */
  function noteHeld(held: Map<string, number>, found: readonly Outcome[], now: number): void {
    for (const [pod, since] of held) held.set(pod, Math.min(since, now));
    for (const { labels, holds: value } of found) {
      const { pod = '' } = labels;
      if (value === false) held.delete(pod);
      if (value === true && !held.has(pod)) held.set(pod, now);
    }
  }

  function newIn(notices: JudgedAlerts['notices']) {
    return notices.flatMap(({ kind, firing }) => (kind === 'new' ? firing : []));
  }

  it('what is said to be over was said to fire, once', () => {
    fc.assert(
      fc.property(rules, checks, (parts, all) => {
        const { steps } = walk(policy(rule(parts)), all);
        const told = new Set<string>();
        for (const notice of steps.flatMap(({ notices }) => notices)) {
          for (const { fingerprint } of notice.firing) told.add(fingerprint);
          for (const { fingerprint } of notice.resolved) expect(told.delete(fingerprint)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a group is told of the same alerts at most once a repeat interval', () => {
    fc.assert(
      fc.property(
        rules,
        checks.map((all) => all.map((one) => ({ ...one, after: Math.abs(one.after) }))),
        (parts, all) => {
          const { steps } = walk(policy(rule(parts)), all);
          const last = new Map<string, { at: number; firing: string }>();
          for (const notice of steps.flatMap(({ notices }) => notices)) {
            const firing = notice.firing
              .map(({ fingerprint }) => fingerprint)
              .sort()
              .join();
            const before = last.get(notice.group);
            if (before?.firing === firing && notice.resolved.length === 0) {
              expect(notice.kind).toBe('repeat');
              expect(notice.at - before.at).toBeGreaterThanOrEqual(parts.repeatMs);
            }
            if (notice.firing.length === 0) last.delete(notice.group);
            else last.set(notice.group, { at: notice.at, firing });
          }
        },
      ),
    );
  });

  it('the order of what was found makes no difference, and every notice has an id of its own', () => {
    fc.assert(
      fc.property(rules, checks, (parts, all) => {
        const given = policy(rule(parts));
        const there = walk(given, all);
        const back = walk(
          given,
          all.map((one) => ({ ...one, outcomes: one.outcomes.toReversed() })),
        );
        expect(back.steps).toEqual(there.steps);
        const ids = there.steps.flatMap(({ notices }) => notices.map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 30 },
    );
  });
});
