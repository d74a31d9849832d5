import { l10n, type Memento } from 'vscode';
import { z } from 'zod';

/** How the Experiments view is filtered, sorted and described; kept with the workspace. */
export const viewState = z.object({
  filter: z.string().default(''),
  /** As MLflow writes it; empty is newest first. */
  orderBy: z.string().default(''),
  /** null: the metric that most runs have. */
  metric: z
    .object({ key: z.string(), direction: z.enum(['max', 'min']) })
    .nullable()
    .default(null),
  showHidden: z.boolean().default(false),
  starredOnly: z.boolean().default(false),
});
export type ViewState = z.infer<typeof viewState>;

const key = 'mlops.experimentsView';

export function readViewState(memento: Memento): ViewState {
  const parsed = viewState.safeParse(memento.get(key, {}));
  return parsed.success ? parsed.data : viewState.parse({});
}

export async function writeViewState(memento: Memento, state: ViewState): Promise<void> {
  await memento.update(key, state);
}

/** What to say beside the view's title, so that nobody takes a part for the whole. */
export function describeViewState(state: ViewState): string {
  const parts = [
    state.filter === '' ? null : state.filter,
    state.starredOnly ? l10n.t('starred only') : null,
    state.showHidden ? l10n.t('with hidden') : null,
    state.orderBy === '' ? null : l10n.t('by {0}', state.orderBy),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** `metrics.acc`, or with backticks where the key is not a plain word, as MLflow's grammar wants it. */
export function searchKey(kind: 'metrics' | 'params' | 'tags' | 'attributes', name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${kind}.${name}` : `${kind}.\`${name}\``;
}
