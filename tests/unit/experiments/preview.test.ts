import { describe, expect, it } from 'vitest';
import { previewArtifact } from '#server/experiments/preview.ts';
import { MemoryArtifacts } from './memory-store.ts';

const preview = async (path: string, content: string | Buffer) =>
  (await previewArtifact(new MemoryArtifacts({ [path]: content }), path)).preview;

describe('a look into an artifact', () => {
  it('shows text with its language', async () => {
    expect(await preview('model/MLmodel', 'flavors: {}\n')).toEqual({
      type: 'text',
      text: 'flavors: {}\n',
      truncated: false,
      language: 'yaml',
    });
    expect(await preview('empty.txt', '')).toMatchObject({ type: 'text', text: '', language: null });
  });

  it('cuts long text without breaking a character', async () => {
    const shown = await preview('log.txt', 'ü€😀'.repeat(60_000));
    expect(shown).toMatchObject({ type: 'text', truncated: true });
    if (shown.type !== 'text') throw new Error('no text');
    expect(shown.text).not.toContain('�');
    expect(Buffer.byteLength(shown.text)).toBeLessThanOrEqual(256_000);
  });

  it('refuses what is no text, and folders, with a reason', async () => {
    expect(await preview('model.bin', Buffer.from([1, 0, 2]))).toMatchObject({ type: 'none' });
    expect(await preview('latin1.txt', Buffer.from([0x66, 0xfc, 0x72]))).toMatchObject({ type: 'none' });
    const folder = await previewArtifact(new MemoryArtifacts({ 'plots/a.txt': '' }), 'plots');
    expect(folder.preview).toEqual({ type: 'none', reason: 'This is a folder.' });
  });

  it('knows pictures by their bytes, not by their names', async () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1');
    expect(await preview('plot.dat', png)).toEqual({
      type: 'image',
      mimeType: 'image/png',
      base64: png.toString('base64'),
    });
    expect(await preview('plot.png', 'no picture')).toMatchObject({ type: 'text' });
    expect(await preview('a.svg', '<?xml version="1.0"?><svg xmlns="x"/>')).toMatchObject({
      mimeType: 'image/svg+xml',
    });
  });

  it('shows no picture that is too large to travel', async () => {
    const large = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(700_001)]);
    expect(await preview('plot.png', large)).toMatchObject({ type: 'none', reason: expect.stringContaining('700 kB') });
  });

  it.each([
    ['a.csv', 'x,y\n1,"two, three"\n4\n'],
    ['a.tsv', 'x\ty\n1\ttwo, three\n4\n'],
    ['semicolons.csv', '\uFEFFx;y\n1;two, three\n4;\n'],
  ])('shows %s as a table', async (path, content) => {
    expect(await preview(path, content)).toEqual({
      type: 'table',
      columns: ['x', 'y'],
      rows: [
        ['1', 'two, three'],
        ['4', ''],
      ],
      truncated: false,
    });
  });

  it('shows the first rows of a large table, and no half row', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `${index},x${index}`).join('\n');
    const shown = await preview('large.csv', `a,b\n${rows}`);
    expect(shown).toMatchObject({ type: 'table', truncated: true });
    if (shown.type === 'table') expect([shown.rows.length, shown.rows.at(-1)]).toEqual([200, ['199', 'x199']]);
    const wide = Array.from({ length: 60 }, () => 'z'.repeat(10_000)).join('\n');
    const cut = await preview('wide.csv', `a\n${wide}`);
    if (cut.type === 'table') expect(new Set(cut.rows.map(([cell]) => cell?.length))).toEqual(new Set([500]));
  });

  it('shows MLflow’s JSON tables as tables', async () => {
    const content = '{"columns": ["q", "score"], "data": [["a, NaN, b", NaN], [null, 0.5], ["c", {"d": 1}]]}';
    expect(await preview('evaluation.json', content)).toEqual({
      type: 'table',
      columns: ['q', 'score'],
      rows: [
        ['a, NaN, b', 'NaN'],
        ['', '0.5'],
        ['c', '{"d":1}'],
      ],
      truncated: false,
    });
  });

  it('indents JSON and leaves its numbers as written', async () => {
    expect(await preview('a.json', '{"id":12345678901234567890,"x":[1.0]}')).toMatchObject({
      text: '{\n  "id": 12345678901234567890,\n  "x": [\n    1.0\n  ]\n}',
      language: 'json',
    });
    expect(await preview('b.json', '{"x": NaN')).toMatchObject({ type: 'text', text: '{"x": NaN' });
  });
});
