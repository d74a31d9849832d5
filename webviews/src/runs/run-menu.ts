import type { MenuItem } from '../shared/context-menu.ts';
import type { WindowRow } from './row-windows.ts';
import type { RunActions } from './run-actions.ts';

interface RunMenu {
  readonly row: WindowRow;
  readonly selected: boolean;
  /** Whether the tracker has pages of its own: a store on a disk has none. */
  readonly hasPages: boolean;
  readonly actions: RunActions;
  readonly toggle: () => void;
}

/** What a run of the table offers in its context menu. */
export function runMenu({ row: { ref, marks }, selected, hasPages, actions, toggle }: RunMenu): readonly MenuItem[] {
  return [
    { label: 'Open', icon: 'go-to-file', key: 'Enter', run: () => void actions.open(ref) },
    { label: selected ? 'Deselect' : 'Select', icon: 'check', key: 'Space', run: toggle },
    {
      label: marks.starred ? 'Unstar' : 'Star',
      icon: marks.starred ? 'star-empty' : 'star-full',
      key: 'S',
      run: () => void actions.mark(ref, { starred: !marks.starred }),
    },
    {
      label: marks.hidden ? 'Unhide' : 'Hide',
      icon: marks.hidden ? 'eye' : 'eye-closed',
      key: 'H',
      run: () => void actions.mark(ref, { hidden: !marks.hidden }),
    },
    { label: 'Copy run ID', icon: 'copy', run: () => void actions.copyId(ref) },
    ...(hasPages
      ? [{ label: 'Open in MLflow UI', icon: 'link-external', run: () => void actions.openInTracker(ref) }]
      : []),
  ];
}
