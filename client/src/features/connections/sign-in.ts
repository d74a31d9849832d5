import { l10n, window } from 'vscode';
import { type Credential, originOf } from '../../platform/secrets.ts';

/** Asks for an origin, of those that connections have or another. */
export async function askOrigin(known: readonly string[], title: string): Promise<string | undefined> {
  const other = l10n.t('Another address…');
  const picked =
    known.length === 0
      ? other
      : await window.showQuickPick([...new Set(known), other], { title, placeHolder: l10n.t('Address of the server') });
  if (picked !== other) return picked;
  const typed = await window.showInputBox({
    title,
    prompt: l10n.t('Address of the server'),
    placeHolder: 'https://mlflow.example',
    ignoreFocusOut: true,
    validateInput: (text) =>
      originOf(text.trim()) === null ? l10n.t('An address that begins with http:// or https://') : undefined,
  });
  return typed === undefined ? undefined : (originOf(typed.trim()) ?? undefined);
}

/** Asks for a credential for one origin. It goes to SecretStorage and to that origin, nowhere else. */
export async function askCredential(origin: string): Promise<Credential | undefined> {
  const title = l10n.t('Sign in to {0}', origin);
  const method = await window.showQuickPick(
    [
      { label: l10n.t('User name and password'), type: 'basic' as const },
      { label: l10n.t('Token'), description: l10n.t('sent as “Authorization: Bearer …”'), type: 'bearer' as const },
    ],
    { title, placeHolder: l10n.t('How does this server know you?') },
  );
  if (!method) return undefined;
  if (method.type === 'bearer') {
    const token = await askSecret(title, l10n.t('Token'));
    return token === undefined ? undefined : { type: 'bearer', token };
  }
  const username = await window.showInputBox({
    title,
    prompt: l10n.t('User name'),
    ignoreFocusOut: true,
    validateInput: required,
  });
  if (username === undefined) return undefined;
  const password = await askSecret(title, l10n.t('Password'));
  return password === undefined ? undefined : { type: 'basic', username, password };
}

async function askSecret(title: string, prompt: string): Promise<string | undefined> {
  return window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true, validateInput: required });
}

function required(text: string): string | undefined {
  return text === '' ? l10n.t('This can’t be empty.') : undefined;
}
