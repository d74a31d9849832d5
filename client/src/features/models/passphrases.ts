import { l10n, type SecretStorage, window } from 'vscode';
import { ClientFailure, toFailure } from '../../platform/failures.ts';
import { showFailure } from '../../platform/notify.ts';

const prefix = 'mlops.signing-key.';

/** Passphrases of private keys, by the path of the key, in VS Code’s SecretStorage for who wants them kept. */
export class Passphrases {
  private readonly storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.storage = storage;
  }

  /**
   * Does something with a key: first with the passphrase that is kept, if any; where the key is encrypted and that did
   * not open it, with one that the person types, and may keep.
   */
  async using<T>(key: string, work: (passphrase: string | null) => Promise<T>): Promise<T | undefined> {
    const kept = (await this.storage.get(prefix + key)) ?? null;
    try {
      return await work(kept);
    } catch (error) {
      const { reason, message } = toFailure(error);
      if (reason !== 'input' || !/passphrase/.test(message)) throw error;
    }
    if (kept !== null) await this.storage.delete(prefix + key);
    const typed = await window.showInputBox({
      title: l10n.t('Passphrase of {0}', key),
      prompt: l10n.t('It opens the key this once; afterwards you are asked whether to keep it.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (typed === undefined) return undefined;
    if (typed === '') throw new ClientFailure('input', l10n.t('The key is encrypted: it needs its passphrase.'));
    const result = await work(typed);
    // What was done is told at once, and not when the question is answered.
    this.offerToKeep(key, typed).catch((error: unknown) => showFailure(error));
    return result;
  }

  private async offerToKeep(key: string, passphrase: string): Promise<void> {
    const keep = l10n.t('Keep');
    const answer = await window.showInformationMessage(
      l10n.t('Keep the passphrase of {0} on this machine?', key),
      keep,
    );
    if (answer === keep) await this.storage.store(prefix + key, passphrase);
  }
}
