import { l10n } from 'vscode';
import { getVersion } from '#schemas/protocol/models.ts';
import { ClientFailure, toFailure } from '../../platform/failures.ts';
import type { Server } from '../../platform/server-connection.ts';
import { narrowView, type RegistryViewOptions } from './view-commands.ts';

/** What a link names: `selector` is a version, an alias or a range. */
export interface LinkedVersion {
  readonly model: string;
  readonly selector: string;
}

export interface LinkOptions extends RegistryViewOptions {
  readonly server: Pick<Server, 'request'>;
}

/** `/model/<name>@<version>`, as in `vscode://…/model/churn@1.2.0`. */
export function parseModelLink(path: string): LinkedVersion | null {
  const match = /^\/model\/([^/@]+)@([^/]+?)\/?$/.exec(path);
  return match?.[1] && match[2] ? { model: match[1], selector: match[2] } : null;
}

/** Shows a version that a link names in the Models view, of the first folder whose registry has it. */
export async function openLinkedVersion(
  options: LinkOptions,
  folders: readonly { readonly uri: string }[],
  link: LinkedVersion,
): Promise<void> {
  const { server, model, view } = options;
  for (const { uri: folder } of folders) {
    const found = await server.request(getVersion, { folder, ...link }).catch((error: unknown) => {
      if (toFailure(error).reason === 'not-found') return undefined;
      throw error;
    });
    if (!found) continue;
    // A search would hide it; so would it be hidden by being in the archive.
    narrowView(options, { text: '', ...(found.version.archived ? { archived: true } : {}) });
    const node = await model.reach(folder, found.version);
    await view.reveal(node, { select: true, focus: true, expand: true });
    return;
  }
  throw new ClientFailure(
    'not-found',
    l10n.t('No registry of this window has {0}.', `${link.model}@${link.selector}`),
    l10n.t('Open the folder that the link is about, then follow it again.'),
  );
}
