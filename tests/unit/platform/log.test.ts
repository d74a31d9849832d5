import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogger, type LogEntry } from '#server/platform/log.ts';
import { createRedactor } from '#server/platform/redact.ts';

function logTo(entries: LogEntry[], options: { level?: 'debug' | 'warn'; capacity?: number } = {}) {
  const redactor = createRedactor();
  const logger = createLogger({ sink: (entry) => entries.push(entry), redactor, ...options });
  return { logger, redactor };
}

describe('createLogger', () => {
  test('writes fields behind the message, quoted where needed', () => {
    const entries: LogEntry[] = [];
    logTo(entries).logger.child({ tracker: 'team' }).info('Opened', { ms: 3, detail: 'two words', none: undefined });
    expect(entries.map(({ text }) => text)).toEqual(['Opened tracker=team ms=3 detail="two words"']);
  });

  test('hands on what is severe enough and keeps the rest for diagnostics', () => {
    const entries: LogEntry[] = [];
    const { logger } = logTo(entries, { level: 'warn' });
    logger.debug('small');
    logger.error('large');
    expect(entries.map(({ text }) => text)).toEqual(['large']);
    expect(logger.recent().map(({ text }) => text)).toEqual(['small', 'large']);
  });

  test('keeps the last lines only', () => {
    const { logger } = logTo([], { capacity: 3 });
    for (let line = 0; line < 10; line++) logger.info(`line ${line}`);
    expect(logger.recent().map(({ text }) => text)).toEqual(['line 7', 'line 8', 'line 9']);
  });
});

describe('createRedactor', () => {
  test.each([
    'Authorization: Bearer abcdef0123456789',
    '{"authorization":"Basic YW5hOnNlY3JldA=="}',
    'sent bearer eyJhbGciOi.J9abcdef-01',
    'https://ana:abcdef0123456789@host/x',
    'postgresql://ana:abc@def0123456789@host/db',
    'MLFLOW_TRACKING_TOKEN=abcdef0123456789',
    'WANDB_API_KEY=abcdef0123456789',
  ])('hides what looks like a secret: %s', (text) => {
    const clean = createRedactor().redact(text);
    expect(clean).toContain('***');
    expect(clean).not.toMatch(/0123456789|YW5hOnNlY3JldA|J9abcdef/);
  });

  test('leaves ordinary text alone', () => {
    const text = 'The basic auth server at http://host:5000/a@b answered in 3 ms';
    expect(createRedactor().redact(text)).toBe(text);
  });

  test('hides a registered secret in any text, plain or encoded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!secret.includes('*') && secret.trim() === secret);
        const redactor = createRedactor();
        redactor.register(secret);
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
        for (const form of forms) {
          const clean = redactor.redact(`${before}${form}${after}`);
          expect(clean.includes('***')).toBe(true);
        }
      }),
    );
  });
});
