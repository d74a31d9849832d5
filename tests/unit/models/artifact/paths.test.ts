import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints, requirePortablePaths } from '#server/models/artifact/paths.ts';
import { FailureError } from '#server/platform/failure.ts';

describe('the order of paths', () => {
  it('is that of their UTF-8 bytes', () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ue000', '\u{10000}', 'z')),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('paths that no version may have', () => {
  const refused: readonly (readonly [paths: readonly string[], says: string])[] = [
    [['../escape'], 'leads elsewhere'],
    [['a/./b'], 'leads elsewhere'],
    [['/etc/passwd'], 'is empty'],
    [['a//b'], 'is empty'],
    [[''], 'is empty'],
    [['line\nbreak'], 'control character'],
    [['c1\u0085'], 'control character'],
    [['model\u202eslk.pkl'], 'direction of text'],
    [['a\\b'], 'backslash'],
    [['lone\ud800'], 'no valid Unicode'],
    [['bytes\ufffd'], 'no valid Unicode'],
    [['model.pkl:stream'], '“:”'],
    [['logs/nul.txt'], 'device on Windows'],
    [['COM1'], 'device on Windows'],
    [['notes.'], 'ends with a dot or a space'],
    [['caf\u00e9', 'cafe\u0301'], 'look the same'],
    [['caf\u00e9/a', 'cafe\u0301/b'], 'look the same'],
    [['README.md', 'Readme.md'], 'upper and lower case'],
    [['Data/a', 'data/b'], 'upper and lower case'],
    [['ΣΑΣ', 'σας'], 'upper and lower case'],
    [['straße', 'STRASSE'], 'upper and lower case'],
    [['Data', 'data/b'], 'upper and lower case'],
    [['a', 'a'], 'listed twice'],
    [['a', 'a/b'], 'as a file and as a folder'],
    [['a/b', 'a'], 'as a file and as a folder'],
  ];

  it.each(refused)('%j', (paths, says) => {
    expect(() => requirePortablePaths(paths)).toThrow(says);
    expect(() => requirePortablePaths(paths)).toThrow(FailureError);
  });
});

describe('paths that a version may have', () => {
  it.each([
    ['MLmodel', 'data/model.pkl', 'variables/variables.data-00000-of-00001'],
    ['模型/权重.bin', 'emoji 👩‍💻.txt', 'می‌خواهم.txt', '.hidden', 'epoch=3-step=10.ckpt', 'nullable.txt', 'com.txt'],
    ['a/x', 'a/y', 'a/z/x', 'b/x'],
  ])('%j', (...paths) => {
    expect(() => requirePortablePaths(paths)).not.toThrow();
  });
});
