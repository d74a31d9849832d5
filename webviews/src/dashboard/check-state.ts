import type { CheckState } from '#schemas/domain/monitor-report.ts';

const texts: Readonly<Record<CheckState, string>> = {
  ok: 'within its bounds',
  'out-of-bounds': 'out of bounds',
  'no-data': 'no data',
  'could-not-check': 'could not be checked',
};

export function stateText(state: CheckState): string {
  return texts[state];
}
