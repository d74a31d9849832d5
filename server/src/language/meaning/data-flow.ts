import type { Unit } from '../symbols/file-symbols.ts';
import { type Origin, usedBy } from '../symbols/resolve.ts';
import { type Artifact, type ExpressionUse, offsetInChunk } from '../symbols/symbol.ts';
import type { Span } from '../symbols/view.ts';
import type { MeaningFinding } from './finding.ts';
import { outputNamed, type Producer, producerOf } from './producers.ts';

/** What a place takes: of what type, and which columns. */
interface Consumer {
  readonly name: string;
  readonly type: string | null;
  readonly columns: Artifact['columns'];
  /** Where its type is declared in the same unit; else the expression is marked. */
  readonly typeSpan: Span | null;
  /** Its columns are declared in the same unit. */
  readonly isOwn: boolean;
}

/** Artifacts that steps hand to each other: types and columns have to agree. Told where they are taken. */
export function checkDataFlow(origin: Origin, unit: Unit): MeaningFinding[] {
  return unit.symbols.expressions.flatMap((use) => {
    const named = use.whole ? outputNamed(use.root) : null;
    const consumer = named && consumerOf(origin, unit, use);
    const producer = consumer && producerOf(origin, named.step, named.output);
    return producer ? [...typeFindings(use, consumer, producer), ...columnFindings(use, consumer, producer)] : [];
  });
}

function consumerOf(origin: Origin, unit: Unit, use: ExpressionUse): Consumer | null {
  const step = unit.symbols.step;
  const [, , section, name] = use.path;
  if (!step || name === undefined) return null;
  if (section === 'inputs' && use.path[4] === 'path') {
    const input = step.inputs.get(name);
    return input ? { ...input, isOwn: true } : null;
  }
  if (section === 'with' && use.path.length === 4) {
    const input = usedBy(origin, step.name)?.document.inputs.get(name);
    return input ? { ...input, typeSpan: null, isOwn: false } : null;
  }
  if (section === 'register' && (name === 'model' || name === 'metrics'))
    return { name, type: name, columns: null, typeSpan: null, isOwn: false };
  return null;
}

function typeFindings(use: ExpressionUse, consumer: Consumer, producer: Producer): MeaningFinding[] {
  const made = producer.artifact.type;
  if (consumer.type === null || made === null || consumer.type === made) return [];
  return [
    {
      code: 'artifact-type',
      span: consumer.typeSpan ?? spanOfUse(use),
      message: `\`${consumer.name}\` takes a ${consumer.type}, but \`${producer.artifact.name}\` is a ${made}.`,
      related: [
        related(producer, producer.artifact.typeSpan, `\`${producer.artifact.name}\` is declared as ${made} here.`),
      ],
    },
  ];
}

function columnFindings(use: ExpressionUse, consumer: Consumer, producer: Producer): MeaningFinding[] {
  const made = producer.artifact.columns;
  if (!consumer.columns || !made) return [];
  return [...consumer.columns].flatMap(([name, { dtype, span }]): MeaningFinding[] => {
    const own = made.get(name);
    const at = consumer.isOwn ? span : spanOfUse(use);
    if (!own) {
      const message = `\`${producer.artifact.name}\` has no column \`${name}\`.`;
      return [
        { code: 'artifact-columns', span: at, message, related: [related(producer, null, 'It is declared here.')] },
      ];
    }
    if (own.dtype === dtype) return [];
    const message = `The column \`${name}\` is wanted as ${dtype}, but comes as ${own.dtype}.`;
    return [
      {
        code: 'artifact-columns',
        span: at,
        message,
        related: [related(producer, own.span, `\`${name}\` is ${own.dtype} here.`)],
      },
    ];
  });
}

function spanOfUse(use: ExpressionUse): Span {
  return { part: use.part, start: offsetInChunk(use, use.root.start), end: offsetInChunk(use, use.root.end) };
}

function related({ file, unit, artifact }: Producer, span: Span | null, message: string) {
  return { file, unit, span: span ?? artifact.span, message };
}
