import { expect, it } from 'vitest';
import { lineStyle, opaque } from '#webviews/shared/palette.ts';

it.each([
  ['#d18616', '#d18616'],
  ['#ea5c0055', '#ea5c00'],
  ['#ABC8', '#ABC'],
  ['#abc', '#abc'],
  ['rgba(234, 92, 0, 0.33)', 'rgb(234, 92, 0)'],
  ['rgb(234 92 0 / 33%)', 'rgb(234, 92, 0)'],
  ['rgb(1, 2, 3)', 'rgb(1, 2, 3)'],
  ['CanvasText', 'CanvasText'],
])('draws %s as %s', (color, drawn) => {
  expect(opaque(color)).toBe(drawn);
});

it('tells a hundred runs apart', () => {
  const theme = { charts: ['#1', '#2', '#3', '#4', '#5', '#6'], kind: 'dark' } as const;
  const styles = Array.from({ length: 100 }, (_, index) => JSON.stringify(lineStyle(index, theme)));
  expect(new Set(styles).size).toBe(100);
});
