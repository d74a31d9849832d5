import type { AlertNotice } from '#schemas/domain/alert-notice.ts';
import { noticeText, noticeTitle } from '../monitoring/alerts/notice-text.ts';
import type { Invocation } from './invocation.ts';
import { harmless } from './output.ts';

/** A notice of a `vscode` channel, where there is no editor. */
export async function printNotice({ output }: Pick<Invocation, 'output'>, notice: AlertNotice): Promise<void> {
  const lines = [noticeTitle(notice), ...noticeText(notice).split('\n')];
  for (const line of lines) await output.note(harmless(line));
}
