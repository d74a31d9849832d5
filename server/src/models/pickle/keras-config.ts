import type { PickleFile, PickleFinding } from '#schemas/domain/pickle-report.ts';
import { judgeGlobal } from './globals.ts';
import { type PickleName, unreadable, worst } from './scan-bytes.ts';

/** Whether a member of an archive is where Keras keeps what a model is made of. */
export function isKerasConfig({ member }: PickleName): boolean {
  return /(?:^|\/)config\.json$/.test(member ?? '');
}

/** What loading a Keras model would import or run: the code of Lambda layers, functions that it names. */
export function scanKerasConfig(name: PickleName, bytes: Buffer): PickleFile | null {
  const text = bytes.toString('utf8');
  try {
    const findings: PickleFinding[] = [];
    JSON.parse(text, (_, value: unknown) => {
      const finding = isObject(value) ? judgeObject(value) : null;
      if (finding && !findings.some((one) => one.name === finding.name)) findings.push(finding);
      return value;
    });
    const verdict = worst(findings.map((one) => one.verdict));
    return verdict === null ? null : { ...name, verdict, findings };
  } catch {
    // Python reads JSON that is none, such as NaN.
    return /class_name/.test(text) ? unreadable(name, 'Its configuration can’t be read.') : null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'class_name' in value;
}

function judgeObject(object: Readonly<Record<string, unknown>>): PickleFinding | null {
  const { class_name: className, module, config } = object;
  if (className === 'Lambda' || className === '__lambda__') return lambda;
  if (typeof module !== 'string' || typeof className !== 'string') return null;
  const imported = className === 'function' && typeof config === 'string' ? config : className;
  // Classes of Keras itself are what models are made of; some of its functions fetch and unpack files.
  const isHelper = className === 'function' && /^keras(?:\.src)?\.(?:utils|saving|config)\b/.test(module);
  if (/^keras(?:\.|$)/.test(module) && !isHelper && /^(?:function$|[A-Z])/.test(className)) return null;
  const { verdict, detail } = judgeGlobal(module, imported);
  // Keras calls a function of one's own, of which it does not know the module, one of `builtins`.
  const isOwn =
    module === 'builtins' && className === 'function' && !/^(?:eval|exec|compile|open|__\w+)$/.test(imported);
  const shown = { ...place, name: `${module}.${imported}`.slice(0, 200) };
  if (isOwn) return { ...shown, verdict: 'suspicious', detail: 'A function that is not known.' };
  return verdict === 'safe' ? null : { ...shown, verdict, detail };
}

const place = { offset: 0, opcode: '' };

const lambda: PickleFinding = {
  ...place,
  name: 'keras Lambda layer',
  verdict: 'dangerous',
  detail: 'Loading the model makes a function of the Python code in it.',
};

/** A file of which all that is known is that it {@link mentionsLambda}. */
export function lambdaLayer(name: PickleName): PickleFile {
  return { ...name, verdict: lambda.verdict, findings: [lambda] };
}

export function mentionsLambda(bytes: Buffer): boolean {
  // Only the few places that speak of Lambda at all are worth a pattern.
  for (let at = bytes.indexOf('Lambda"'); at >= 0; at = bytes.indexOf('Lambda"', at + 1)) {
    if (/"class_name"\s*:\s*"Lambda"$/.test(bytes.toString('latin1', Math.max(0, at - 64), at + 7))) return true;
  }
  return false;
}
