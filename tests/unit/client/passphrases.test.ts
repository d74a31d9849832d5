import { beforeEach, describe, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import { Passphrases } from '#client/features/models/passphrases.ts';
import { ClientFailure } from '#client/platform/failures.ts';

describe('the passphrase of a key', () => {
  let kept: Map<string, string>;
  let typed: string | undefined;
  let keeps: boolean;
  let tried: (string | null)[];
  let passphrases: Passphrases;

  beforeEach(() => {
    kept = new Map();
    typed = 'sesame';
    keeps = false;
    tried = [];
    passphrases = new Passphrases({
      get: async (key) => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
      keys: async () => [...kept.keys()],
      onDidChange: () => ({ dispose: () => undefined }),
    });
    Object.assign(window, {
      showInputBox: async () => typed,
      showInformationMessage: async (_: string, keep: string) => (keeps ? keep : undefined),
    });
  });

  const sign = () =>
    passphrases.using('/keys/ana.pem', async (passphrase) => {
      tried.push(passphrase);
      if (passphrase !== 'sesame') throw new ClientFailure('input', 'The passphrase is wrong.');
      return 'signed';
    });

  it('is asked for once it is needed, and forgotten where nobody wants it kept', async () => {
    expect(await sign()).toBe('signed');
    expect([tried, kept.size]).toEqual([[null, 'sesame'], 0]);
  });

  it('is taken from where it was kept, without a question', async () => {
    keeps = true;
    await sign();
    await vi.waitFor(() => expect(kept.size).toBe(1));
    typed = undefined;
    expect(await sign()).toBe('signed');
    expect(tried).toEqual([null, 'sesame', 'sesame']);
  });

  it('holds up nobody who does not say whether to keep it', async () => {
    Object.assign(window, { showInformationMessage: () => new Promise(() => undefined) });
    expect(await sign()).toBe('signed');
  });

  it('that is kept and wrong is dropped', async () => {
    kept.set('mlops.signing-key./keys/ana.pem', 'old');
    expect(await sign()).toBe('signed');
    expect([tried, kept.size]).toEqual([['old', 'sesame'], 0]);
  });

  it('that is not typed ends it; an empty one is none', async () => {
    typed = undefined;
    expect(await sign()).toBeUndefined();
    typed = '';
    await expect(sign()).rejects.toThrow('needs its passphrase');
  });

  it('is no answer to another failure', async () => {
    const failing = passphrases.using('/keys/ana.pem', () => Promise.reject(new ClientFailure('permission', 'No.')));
    await expect(failing).rejects.toThrow('No.');
  });
});
