import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCertificates } from '#server/models/signing/certificates.ts';
import { defaultSignature, signDirectory, verifyDirectory } from '#server/models/signing/sign-directory.ts';
import { type Curve, certificate, ecKey, type TestKey } from '../../testbeds/certificates.ts';
import { testPython } from '../../testbeds/python.ts';

const run = promisify(execFile);

/** PyPI's model-signing: answers whether it succeeded, and what it said. */
async function modelSigning(...args: string[]): Promise<{ ok: boolean; said: string }> {
  const program = join(dirname(await testPython()), 'model_signing');
  try {
    const { stdout, stderr } = await run(program, args);
    return { ok: true, said: stdout + stderr };
  } catch (error) {
    return { ok: false, said: error instanceof Error ? error.message : String(error) };
  }
}

/** Names whose order differs between code points and path components, an empty file, Git's own, and Unicode. */
const contents: Readonly<Record<string, string>> = {
  MLmodel: 'flavors: {}\n',
  'a/b': '1',
  'a.b': '2',
  'a-b/c': '3',
  'a/b.c': '4',
  'ü𝒳.txt': '5',
  '\uFB01.txt': '6',
  empty: '',
  '.gitignore': '*.tmp\n',
  'deep/.gitignore': 'kept: not at the top\n',
};

async function modelFolder(): Promise<{
  folder: string;
  model: string;
  key: (name: string, key: TestKey) => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-signing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = join(folder, 'model');
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(model, path)), { recursive: true });
    await writeFile(join(model, path), content);
  }
  const key = async (name: string, { privatePem, publicPem }: TestKey) => {
    await writeFile(join(folder, `${name}.pem`), privatePem);
    await writeFile(join(folder, `${name}.pub`), publicPem);
  };
  return { folder, model, key };
}

describe.each<Curve>(['P-256', 'P-384', 'P-521'])('model-signing of PyPI and a key on %s', (curve) => {
  it('verifies what is signed here', async () => {
    const { folder, model, key } = await modelFolder();
    const own = await ecKey(curve);
    await key('own', own);
    const signature = defaultSignature(model);
    await signDirectory({ directory: model, signature, key: own.privateKey, certificates: [] });
    const verify = ['verify', 'key', model, '--public_key', join(folder, 'own.pub'), '--signature', signature];
    expect(await modelSigning(...verify)).toMatchObject({ ok: true });
    await writeFile(join(model, 'a', 'b'), 'other');
    expect(await modelSigning(...verify)).toMatchObject({ ok: false });
  });

  it('signs what is verified here', async () => {
    const { folder, model, key } = await modelFolder();
    const own = await ecKey(curve);
    await key('own', own);
    const signature = join(model, 'model.sig');
    const signed = await modelSigning(
      'sign',
      'key',
      model,
      '--private_key',
      join(folder, 'own.pem'),
      '--signature',
      signature,
    );
    expect(signed).toMatchObject({ ok: true });
    const trust = { type: 'keys', keys: [own.publicKey] } as const;
    expect(await verifyDirectory({ directory: model, signature, trust })).toMatchObject({
      verified: true,
      files: Object.keys(contents).length - 1,
    });
    await rm(join(model, 'empty'));
    expect(await verifyDirectory({ directory: model, signature, trust })).toMatchObject({ reason: 'missing-file' });
  });
});

describe('model-signing of PyPI and certificates', () => {
  async function chain(folder: string, signer: TestKey) {
    const [root, middle] = [await ecKey('P-384'), await ecKey()];
    const issuer = { name: 'Root', key: root };
    const pems = {
      root: await certificate({ name: 'Root', key: root, isAuthority: true }),
      middle: await certificate({ name: 'Middle', key: middle, issuer, isAuthority: true }),
      leaf: await certificate({ name: 'Signer', key: signer, issuer: { name: 'Middle', key: middle } }),
    };
    for (const [name, pem] of Object.entries(pems)) await writeFile(join(folder, `${name}.crt`), pem);
    return pems;
  }

  it('verifies what is signed here by a certificate', async () => {
    const { folder, model } = await modelFolder();
    const signer = await ecKey();
    const { leaf, middle } = await chain(folder, signer);
    const signature = join(folder, 'model.sig');
    const certificates = [...readCertificates(leaf, 'leaf'), ...readCertificates(middle, 'middle')];
    await signDirectory({ directory: model, signature, key: signer.privateKey, certificates });
    const verified = await modelSigning(
      ...['verify', 'certificate', model, '--signature', signature],
      ...['--certificate_chain', join(folder, 'middle.crt'), '--certificate_chain', join(folder, 'root.crt')],
    );
    expect(verified).toMatchObject({ ok: true });
  });

  it('signs by a certificate what is verified here', async () => {
    const { folder, model, key } = await modelFolder();
    const signer = await ecKey('P-384');
    await key('signer', signer);
    const { root } = await chain(folder, signer);
    const signature = join(folder, 'model.sig');
    const signed = await modelSigning(
      ...['sign', 'certificate', model, '--signature', signature, '--private_key', join(folder, 'signer.pem')],
      ...['--signing_certificate', join(folder, 'leaf.crt'), '--certificate_chain', join(folder, 'middle.crt')],
    );
    expect(signed).toMatchObject({ ok: true });
    const trust = { type: 'certificates', anchors: readCertificates(root, 'root'), now: Date.now() } as const;
    expect(await verifyDirectory({ directory: model, signature, trust })).toMatchObject({
      verified: true,
      signer: 'Signer',
    });
  });
});
