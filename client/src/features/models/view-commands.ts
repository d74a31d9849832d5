import { l10n, commands as registry, type TreeView, window } from 'vscode';
import { commands } from '../../contributions/commands.ts';
import { contexts } from '../../contributions/contexts.ts';
import type { Handlers } from '../../platform/handlers.ts';
import type { RegistryFilter } from './lists.ts';
import type { RegistryModel } from './model.ts';
import type { RegistryNode } from './nodes.ts';
import type { RegistryTree } from './tree.ts';

export interface RegistryViewOptions {
  readonly model: RegistryModel;
  readonly tree: RegistryTree;
  readonly view: TreeView<RegistryNode>;
}

/** Shows what fits, and in the view’s title that it is not all. */
export function narrowView({ model, tree, view }: RegistryViewOptions, filter: Partial<RegistryFilter>): void {
  tree.narrow(filter);
  const { text, archived } = model.filter;
  view.description = text === '' ? '' : `“${text}”`;
  void registry.executeCommand('setContext', contexts.modelsFiltered, text !== '');
  void registry.executeCommand('setContext', contexts.showArchivedModels, archived);
}

/** Commands of the Models view’s title: what it shows. */
export function registryViewCommands(options: RegistryViewOptions) {
  const { model, tree } = options;
  const narrow = (filter: Partial<RegistryFilter>) => narrowView(options, filter);
  return {
    [commands.refreshModels]: () => tree.refresh(),
    [commands.searchModels]: async () => {
      const text = await window.showInputBox({
        title: l10n.t('Search Models'),
        prompt: l10n.t('Words that are in the name, tags, framework or description'),
        value: model.filter.text,
      });
      if (text !== undefined) narrow({ text: text.trim() });
    },
    [commands.clearModelSearch]: () => narrow({ text: '' }),
    [commands.showArchivedModels]: () => narrow({ archived: true }),
    [commands.concealArchivedModels]: () => narrow({ archived: false }),
    [commands.showMoreModels]: (argument) => {
      const node = model.nodeOf(argument);
      if (node?.kind === 'more') tree.refresh(model.showMore(node.parentId));
    },
  } satisfies Partial<Handlers<(typeof commands)[keyof typeof commands]>>;
}
