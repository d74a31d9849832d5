import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelFile } from '#schemas/domain/model-version.ts';
import { rootDigest } from '#server/models/artifact/manifest.ts';
import { signDsse } from '#server/models/signing/dsse.ts';
import { inTotoPayloadType, statementAbout } from '#server/models/signing/statement.ts';
import { type Trust, verifyModel } from '#server/models/signing/verify-model.ts';
import { ecKey, type TestKey } from '../testbeds/certificates.ts';
import { changed, empty, file, files, type Loose, model, signedBy, weights } from './signed-model.ts';

let key: TestKey;
let other: TestKey;
let bundle: string;
const byKey = (): Trust => ({ type: 'keys', keys: [key.publicKey] });

beforeAll(async () => {
  [key, other] = [await ecKey('P-256'), await ecKey('P-384')];
  bundle = signedBy(key);
});

const outer = (change: (value: Loose) => void) => changed(bundle, change);

/** The bundle with its statement changed, the old signature kept. */
function inner(change: (value: Loose) => void): string {
  return outer((value) => {
    const statement: Loose = JSON.parse(Buffer.from(value.dsseEnvelope.payload, 'base64').toString());
    change(statement);
    value.dsseEnvelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  });
}

/** A bundle with another statement, signed by the trusted key all the same: what a signer could do. */
function resigned(change: (value: Loose) => void, signer = key): string {
  const statement: Loose = statementAbout('churn', files, []);
  change(statement);
  const payload = Buffer.from(JSON.stringify(statement));
  return outer((value) => {
    value.dsseEnvelope = signDsse(inTotoPayloadType, payload, signer.privateKey);
  });
}

const withRoot = (statement: Loose) => {
  statement.subject[0].digest.sha256 = rootDigest(
    statement.predicate.resources.map(({ digest }: Loose) => ({ sha256: digest })),
  );
};

describe('a signed model', () => {
  it('is accepted as it was signed, whatever the order of its files', () => {
    expect(verifyModel(files, bundle, byKey())).toMatchObject({
      verified: true,
      name: 'churn',
      ignored: ['model.sig'],
    });
    expect(verifyModel([...files].reverse(), bundle, byKey())).toMatchObject({ verified: true });
  });

  const changedFiles: readonly (readonly [string, string, readonly ModelFile[]])[] = [
    ['a byte of a file', 'changed-file', [file('MLmodel', 'flavors: {} '), ...files.slice(1)]],
    ['an empty file that has something', 'changed-file', [...files.slice(0, 2), file('empty', 'x')]],
    [
      'two files with each other’s content',
      'changed-file',
      [{ ...model, path: 'data/weights.bin' }, { ...weights, path: 'MLmodel' }, empty],
    ],
    ['a file that is gone', 'missing-file', files.slice(1)],
    ['an empty file that is gone', 'missing-file', files.slice(0, 2)],
    ['one file more', 'extra-file', [...files, file('evil.py', 'import os')]],
    ['an empty file more', 'extra-file', [...files, file('__init__.py', '')]],
    ['a file under another name', 'missing-file', [{ ...model, path: 'mlmodel' }, ...files.slice(1)]],
    ['a file in another folder', 'missing-file', [model, { ...weights, path: 'weights.bin' }, empty]],
    ['a name in another normalisation', 'missing-file', [{ ...model, path: 'MLmode\u0301l' }, ...files.slice(1)]],
    ['no files at all', 'missing-file', []],
  ];
  it.each(changedFiles)('is refused with %s: %s', (_, reason, present) => {
    expect(verifyModel(present, bundle, byKey())).toMatchObject({ verified: false, reason });
  });

  const changedBundles: readonly (readonly [string, string, () => string])[] = [
    ['no JSON', 'malformed-bundle', () => bundle.slice(0, -1)],
    ['an empty file', 'malformed-bundle', () => ''],
    ['a JSON list', 'malformed-bundle', () => '[]'],
    [
      'another media type',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.mediaType = 'application/json';
        }),
    ],
    [
      'no envelope',
      'malformed-bundle',
      () =>
        outer((b) => {
          delete b.dsseEnvelope;
        }),
    ],
    [
      'a payload that is no base64',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.payload = '***';
        }),
    ],
    [
      'no signature',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures = [];
        }),
    ],
    [
      'a second signature',
      'malformed-bundle',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures.push(b.dsseEnvelope.signatures[0]);
        }),
    ],
    [
      'another payload type',
      'wrong-payload-type',
      () =>
        outer((b) => {
          b.dsseEnvelope.payloadType = 'text/plain';
        }),
    ],
    [
      'a byte of the signature',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures[0].sig = flipped(b.dsseEnvelope.signatures[0].sig);
        }),
    ],
    [
      'a signature that is no DER',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.signatures[0].sig = 'AAAA';
        }),
    ],
    [
      'another name',
      'wrong-key',
      () =>
        inner((s) => {
          s.subject[0].name = 'other';
        }),
    ],
    [
      'another root digest',
      'wrong-key',
      () =>
        inner((s) => {
          s.subject[0].digest.sha256 = '0'.repeat(64);
        }),
    ],
    [
      'another file’s digest',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.resources[0].digest = '0'.repeat(64);
        }),
    ],
    [
      'a file less',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.resources.pop();
        }),
    ],
    [
      'more ignored paths',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicate.serialization.ignore_paths.push('data');
        }),
    ],
    [
      'another predicate type',
      'wrong-key',
      () =>
        inner((s) => {
          s.predicateType = 'x';
        }),
    ],
    [
      'a payload with a space more',
      'wrong-key',
      () =>
        outer((b) => {
          b.dsseEnvelope.payload = Buffer.from(`${Buffer.from(b.dsseEnvelope.payload, 'base64')} `).toString('base64');
        }),
    ],
    ['the signature of somebody else', 'wrong-key', () => resigned(() => undefined, other)],
  ];
  it.each(changedBundles)('is refused with %s: %s', (_, reason, tampered) => {
    expect(verifyModel(files, tampered(), byKey())).toMatchObject({ verified: false, reason });
  });

  const oddStatements: readonly (readonly [string, string, (statement: Loose) => void])[] = [
    [
      'a root digest that is not that of its files',
      'wrong-root-digest',
      (s) => {
        s.subject[0].digest.sha256 = '0'.repeat(64);
      },
    ],
    [
      'a file twice',
      'duplicate-path',
      (s) => {
        s.predicate.resources.push(s.predicate.resources[0]);
        withRoot(s);
      },
    ],
    [
      'a path that leads out',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '../MLmodel';
      },
    ],
    [
      'an absolute path',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '/etc/passwd';
      },
    ],
    [
      'a path of Windows',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = 'C:\\MLmodel';
      },
    ],
    [
      'an empty path',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = '';
      },
    ],
    [
      'a path with a dot for a part',
      'unsafe-path',
      (s) => {
        s.predicate.resources[0].name = './MLmodel';
      },
    ],
    [
      'another hash',
      'unsupported-method',
      (s) => {
        s.predicate.serialization.hash_type = 'blake2b';
      },
    ],
    [
      'shards',
      'unsupported-method',
      (s) => {
        s.predicate.serialization.method = 'shards';
      },
    ],
    [
      'a weaker algorithm for one file',
      'unsupported-method',
      (s) => {
        s.predicate.resources[0].algorithm = 'md5';
      },
    ],
    [
      'no files',
      'malformed-statement',
      (s) => {
        s.predicate.resources = [];
      },
    ],
    [
      'two subjects',
      'malformed-statement',
      (s) => {
        s.subject.push(s.subject[0]);
      },
    ],
    [
      'another statement type',
      'malformed-statement',
      (s) => {
        s._type = 'https://in-toto.io/Statement/v0.1';
      },
    ],
    [
      'the statement of an approval',
      'malformed-statement',
      (s) => {
        s.predicateType = 'https://mlops-workbench.dev/attestations/approval/v1';
      },
    ],
  ];
  it.each(oddStatements)('is refused with %s, though the trusted key signed it: %s', (_, reason, change) => {
    expect(verifyModel(files, resigned(change), byKey())).toMatchObject({ verified: false, reason });
  });

  it('is refused with any byte of the payload changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (position, mask) => {
        const tampered = outer((b) => {
          const bytes = Buffer.from(b.dsseEnvelope.payload, 'base64');
          const at = position % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ mask;
          b.dsseEnvelope.payload = bytes.toString('base64');
        });
        expect(verifyModel(files, tampered, byKey())).toMatchObject({ verified: false, reason: 'wrong-key' });
      }),
      { numRuns: 60 },
    );
  });

  it('ends in a refusal, never in an exception, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(verifyModel(files, text, byKey())).toMatchObject({ verified: false, reason: 'malformed-bundle' });
      }),
      { numRuns: 200 },
    );
  });
});

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}
