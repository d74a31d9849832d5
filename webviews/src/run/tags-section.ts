import { html, nothing, type TemplateResult } from 'lit';
import { format } from '../shared/format.ts';
import { emptyNotice } from '../shared/notices.ts';
import { keyValueList } from './key-values.ts';
import { type KeyValue, matchingEntries } from './matching-entries.ts';

interface TagsSection {
  readonly tags: readonly KeyValue[];
  readonly search: string;
  /** Whether MLflow's own tags are in sight. */
  readonly systemOpen: boolean;
  readonly onSystemOpen: (open: boolean) => void;
  readonly onCopy: (text: string) => void;
}

/** A run's tags: those that a person or the training set, and MLflow's own folded away below them. */
export function tagsSection({ tags, search, systemOpen, onSystemOpen, onCopy }: TagsSection): TemplateResult {
  if (tags.length === 0) {
    return emptyNotice({ icon: 'tag', title: 'No tags', detail: 'Training sets them by mlflow.set_tag.' });
  }
  const shown = matchingEntries(tags, search);
  if (shown.length === 0) return emptyNotice({ icon: 'search', title: 'No tag matches' });
  const isSystem = ([key]: KeyValue) => key.startsWith('mlflow.');
  const [own, system] = [shown.filter((tag) => !isSystem(tag)), shown.filter(isSystem)];
  const none = search === '' ? 'No tag was set by the training or by a person.' : 'Only system tags match.';
  const onToggle = ({ currentTarget }: Event) => {
    // A search opens the list by itself; that is nothing to remember.
    if (search === '' && currentTarget instanceof HTMLDetailsElement) onSystemOpen(currentTarget.open);
  };
  return html`${own.length > 0 ? keyValueList(own, onCopy) : html`<p class="section-note">${none}</p>`}${
    system.length > 0
      ? html`<details class="system-tags" ?open=${systemOpen || search !== ''} @toggle=${onToggle}>
          <summary>System tags (${format.count(system.length)})</summary>
          ${keyValueList(system, onCopy)}
        </details>`
      : nothing
  }`;
}
