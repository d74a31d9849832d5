import { expect, it } from 'vitest';
import { artifactRows, type FolderListing, moveInTree } from '#webviews/run/artifact-rows.ts';

const folder = (path: string) => ({ path, isDirectory: true, size: null });
const file = (path: string) => ({ path, isDirectory: false, size: 1 });
const listings = new Map<string, FolderListing>([
  ['', { entries: [folder('model'), folder('plots'), file('log.txt')], truncated: false }],
  ['model', { entries: [folder('model/data'), file('model/MLmodel')], truncated: true }],
]);
const rowsWith = (...open: string[]) => artifactRows(listings, new Set(open));
const told = (rows: ReturnType<typeof artifactRows>) => rows.map(({ level, id }) => `${level} ${id}`);

it('shows what lies in open folders alone', () => {
  expect(told(rowsWith())).toEqual(['1 model', '1 plots', '1 log.txt']);
  expect(told(rowsWith('model'))).toEqual([
    '1 model',
    '2 model/data',
    '2 model/MLmodel',
    '2 model//truncated',
    '1 plots',
    '1 log.txt',
  ]);
  // An open folder in a closed one is as good as closed.
  expect(told(rowsWith('model/data'))).toEqual(told(rowsWith()));
});

it('says that a folder is being read, and why one could not be', () => {
  expect(told(rowsWith('plots'))).toContain('2 plots//loading');
  const failed = new Map(listings).set('plots', { error: new Error('no') });
  expect(artifactRows(failed, new Set(['plots'])).filter(({ kind }) => kind === 'failed')).toMatchObject([
    { folder: 'plots', level: 2 },
  ]);
});

it.each([
  ['ArrowDown', 0, { to: 1 }],
  ['ArrowUp', 0, null],
  ['End', 0, { to: 5 }],
  ['Home', 5, { to: 0 }],
  ['Home', 0, null],
  ['ArrowRight into an open folder', 0, { to: 1 }],
  ['ArrowRight on a closed folder', 1, { open: 'model/data' }],
  ['ArrowRight on a file', 2, null],
  ['ArrowLeft on an open folder', 0, { close: 'model' }],
  ['ArrowLeft in a folder', 2, { to: 0 }],
  ['ArrowLeft at the top', 5, null],
  ['x', 0, null],
])('%s at line %i', (key, at, move) => {
  expect(moveInTree(rowsWith('model'), at, key.split(' ')[0] ?? '')).toEqual(move);
});
