import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expressionFunctions, signatureOf } from '#server/platform/expressions/functions.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/expressions.md'), 'utf8');

describe('the guide on expressions', () => {
  it.each([...expressionFunctions.values()].map((each) => [signatureOf(each)]))('has %s', (signature) => {
    expect(guide).toContain(`\`${signature}\``);
  });
});
