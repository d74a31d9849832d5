import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AlertNotice, NoticeAlert } from '#schemas/domain/alert-notice.ts';
import { noticeTitle } from '#server/monitoring/alerts/notice-text.ts';
import { alertmanagerAlerts } from '#server/monitoring/backends/channels/alertmanager.ts';
import { slackMessage } from '#server/monitoring/backends/channels/slack.ts';

const hour = 3_600_000;

function alert(parts: Partial<NoticeAlert> = {}): NoticeAlert {
  return {
    fingerprint: 'f',
    name: 'slow',
    severity: 'warning',
    labels: { alert: 'slow', pod: 'a' },
    condition: 'metrics.latency > 0.3',
    found: 'metrics.latency = 0.5',
    startedAt: 0,
    endedAt: null,
    runbook: null,
    ...parts,
  };
}

function notice(firing: readonly NoticeAlert[], parts: Partial<AlertNotice> = {}): AlertNotice {
  const about = { id: 'n', monitor: 'churn', model: null, channel: 'team', group: 'g', groupLabels: {} };
  return { ...about, kind: 'new', firing: [...firing], resolved: [], at: 0, validUntil: 2 * hour, ...parts };
}

const text = z.object({ type: z.string(), text: z.string() });
const blocks = z.array(z.object({ type: z.string(), text: text.optional(), elements: z.array(text).optional() }));

describe('a message to Slack', () => {
  it('stays within its limits, whatever alerts say and however many there are', () => {
    const said = fc.string({ unit: fc.constantFrom('&', '<', '>', '|', 'a', '\n', '🔥'), maxLength: 5_000 });
    const some = fc.record({ found: said, name: said, runbook: fc.constantFrom(null, 'https://x.y/a|b>c') });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (few, times) => {
        const all = Array.from({ length: times }, () => few.map(alert)).flat();
        const message = slackMessage(notice(all));
        const parsed = blocks.parse(message.blocks);
        expect(parsed.length).toBeLessThanOrEqual(50);
        for (const block of parsed) {
          const most = block.type === 'header' ? 150 : 3_000;
          for (const part of [block.text, ...(block.elements ?? [])]) {
            if (!part) continue;
            expect(part.text.length).toBeLessThanOrEqual(most);
            // What is cut is not cut within an entity, and nothing is left that Slack would read as markup of ours.
            if (part.type === 'mrkdwn') {
              expect(part.text.replace(/\n<https:\/\/x\.y\/a%7Cb%3Ec\|Runbook>$/, '')).not.toMatch(
                /[<>]|&(?!amp;|lt;|gt;)/,
              );
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('says how many alerts it leaves out', () => {
    const { blocks: found } = slackMessage(notice(Array.from({ length: 60 }, () => alert())));
    expect(JSON.stringify(found.at(-2))).toContain('… and 13 more alerts.');
  });
});

describe('a title', () => {
  it('names what fires, else what is over', () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => alert({ name }));
    expect(noticeTitle(notice(names))).toBe('[FIRING:4] a, b, c and 1 more – churn');
    expect(noticeTitle(notice([], { resolved: [alert()] }))).toBe('[RESOLVED:1] slow – churn');
  });
});

describe('alerts for Alertmanager', () => {
  it('have names of labels that it takes, and no address that is none', () => {
    const odd = alert({ labels: { 'a-b': '1', '9': '2', empty: '', alert: 'slow' }, runbook: 'slow.md' });
    expect(alertmanagerAlerts(notice([odd]), 0)).toMatchObject([
      { labels: { alertname: 'slow', a_b: '1', _9: '2' }, annotations: { runbook: 'slow.md' } },
    ]);
  });

  it('that waited for long still last for as long as they would have', () => {
    expect(alertmanagerAlerts(notice([alert()]), 10 * hour)).toMatchObject([{ endsAt: '1970-01-01T12:00:00.000Z' }]);
  });
});
