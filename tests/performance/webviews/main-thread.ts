import type { Page } from 'playwright-core';
import { z } from 'zod';

const event = z.object({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  /** CPU time of the thread in microseconds: how long it took, and how much the thread had had when it began. */
  tdur: z.number().optional(),
  tts: z.number().optional(),
});
const trace = z.object({ traceEvents: z.array(event) });

/** What a page's main thread did, in milliseconds of CPU: what other processes of the machine take is not in it. */
export interface MainThreadWork {
  readonly longestTask: number;
  /** From the last mark of one name to the last of another. */
  between(from: string, to: string): number;
}

export async function mainThreadWork(page: Page, action: () => Promise<unknown>): Promise<MainThreadWork> {
  const browser = page.context().browser();
  if (!browser) throw new Error('The page has no browser of its own.');
  await browser.startTracing(page, { categories: ['toplevel', 'cc', 'blink.user_timing'] });
  await action();
  const { traceEvents } = trace.parse(JSON.parse((await browser.stopTracing()).toString('utf8')));
  const main = traceEvents.find(({ name }) => name === 'ProxyMain::BeginMainFrame');
  const events = traceEvents.filter(({ pid, tid }) => pid === main?.pid && tid === main.tid);
  const at = (mark: string) => (events.findLast(({ name }) => name === mark)?.tts ?? Number.NaN) / 1000;
  const tasks = events.flatMap(({ name, tdur }) => (name.endsWith('RunTask') && tdur !== undefined ? tdur / 1000 : []));
  return { longestTask: Math.max(...tasks), between: (from, to) => at(to) - at(from) };
}
