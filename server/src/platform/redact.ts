/** Takes secrets out of text that people will see or send on. */
export interface Redactor {
  /** From now on this value never shows. Very short ones are left: they would blank ordinary words. */
  register(secret: string): void;
  redact(text: string): string;
}

const hidden = '***';
const shortestSecret = 4;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer)\s+)?[^\s"',;]+/gi, `$1${hidden}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'@]*(?:@[^\s/?#"'@]*)*@/gi, `$1${hidden}@`],
  [/\b((?:[A-Z0-9]+_)*(?:TOKEN|PASSWORD|SECRET|API_KEY|ACCESS_KEY)=)[^\s"']+/g, `$1${hidden}`],
];

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  const forms = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret, 'utf8').toString('base64'),
  ];
  return {
    register(secret) {
      if (secret.length < shortestSecret) return;
      for (const form of forms(secret)) secrets.add(form);
    },
    redact(text) {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, hidden);
      for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
      return clean;
    },
  };
}
