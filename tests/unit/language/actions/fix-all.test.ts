import { describe, expect, it } from 'vitest';
import { fixAll } from '#server/language/features/code-actions.ts';
import { marked, pipeline } from '../marked.ts';
import { applied, diagnosticsOf } from './applied.ts';

describe('fix all', () => {
  it('corrects what there is no choice about, and leaves the rest', () => {
    const text = `${pipeline}steps:\n  a:\n    run: x\n    tiemout: 5m\n    nonsense: 1\n  b:\n    rnu: x\n    needs: [aa, c]\n`;
    const workspace = marked(text);
    const diagnostics = diagnosticsOf(workspace);
    const result = applied(text, fixAll(diagnostics));
    expect(result).toContain('    timeout: 5m\n    nonsense: 1\n');
    expect(result).toContain('    run: x\n');
  });

  it('takes the first of two that overlap', () => {
    const range = { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 3 };
    const made = (endCharacter: number, replacement: string) => ({
      code: 'unknown-step' as const,
      severity: 'error' as const,
      message: '',
      related: [],
      range: { ...range, endCharacter },
      replacements: [replacement],
    });
    expect(applied('abcdef', fixAll([made(5, 'long'), made(3, 'short')]))).toBe('shortdef');
  });
});
