import type { Ecosystem } from '#schemas/domain/ecosystem.ts';
import { type Diagnostic, type DiagnosticCode, diagnosticCodes } from '../diagnostics/diagnostic.ts';
import type { Finding } from '../diagnostics/finding.ts';
import { lineAt } from '../diagnostics/ranges.ts';
import { suppressed } from '../diagnostics/suppressions.ts';
import { syntaxFinding } from '../diagnostics/syntax-findings.ts';
import { checkValue } from '../schema/check-value.ts';
import type { Node } from '../syntax/ast.ts';
import { type Chunk, parseSource, type Source, type SourceDocument } from '../syntax/source.ts';
import { chunksOf } from '../syntax/walk.ts';
import { type Analysis, type EcosystemDocument, resolvePath, type Surroundings } from './analysis.ts';
import { analyseEnvironment } from './conda.ts';
import { analysePipeline } from './dvc.ts';
import { analyseProject } from './mlproject.ts';
import { analysePipelineSpec } from './pipeline-spec.ts';
import { type Recognized, recognize } from './recognize.ts';
import { analyseRollout } from './rollouts.ts';
import { ecosystemSchema } from './schemas.ts';
import { analyseServing } from './serving.ts';
import { anchorsOf, at, documentTree, mappingsBelow } from './tree.ts';
import { analyseWorkflow } from './workflows.ts';

export interface EcosystemOptions {
  readonly enabled: (ecosystem: Ecosystem) => boolean;
  /** Another extension checks the syntax of YAML, and some of these files by their schemas. */
  readonly hasYamlExtension: boolean;
  readonly around: Surroundings;
}

/** A document that was recognized and can be read. */
export interface ReadDocument {
  readonly recognized: Recognized;
  readonly document: EcosystemDocument;
}

/** Ecosystems of which the schema store has the schema, which the YAML extension applies by itself. */
const inSchemaStore: ReadonlySet<Ecosystem> = new Set(['dvc']);

/** All findings in the documents of a file that are an ecosystem's, in order; none where there is no such document. */
export function checkEcosystem(uri: string, source: Source, options: EcosystemOptions): Diagnostic[] {
  const findings: Finding[] = [];
  for (const document of source.documents) {
    const recognized = recognize(uri, source, document);
    if (!recognized || !options.enabled(recognized.ecosystem)) continue;
    const syntax = syntaxFindings(source, document);
    if (syntax.length > 0) {
      const text = textOf(source, document);
      if (!options.hasYamlExtension && !looksTemplated(text) && !isReadByOthers(text)) findings.push(...syntax);
      continue;
    }
    const read = readDocument(uri, document, recognized);
    if (!read) continue;
    const mayCheckSchema = !(options.hasYamlExtension && inSchemaStore.has(recognized.ecosystem));
    if (mayCheckSchema) findings.push(...schemaFindings(read).filter((finding) => mayBeTold(finding, read, options)));
    findings.push(...analyse(read, options.around).findings);
  }
  const diagnostics = findings.map((finding) => toDiagnostic(finding, source));
  return suppressed(source, diagnostics).sort(
    (a, b) => a.range.startLine - b.range.startLine || a.range.startCharacter - b.range.startCharacter,
  );
}

/** The documents of a file that can be asked about. */
export function readDocuments(uri: string, source: Source, enabled: EcosystemOptions['enabled']): ReadDocument[] {
  return source.documents.flatMap((document) => {
    const recognized = recognize(uri, source, document);
    if (!recognized || !enabled(recognized.ecosystem)) return [];
    return readDocument(uri, document, recognized) ?? [];
  });
}

function readDocument(uri: string, document: SourceDocument, recognized: Recognized): ReadDocument | null {
  const root = documentTree(document);
  if (root?.type !== 'map' || isTemplate(root)) return null;
  return { recognized, document: { uri, kind: recognized.kind, root } };
}

/** `{{ .Values.name }}` where a value belongs is a mapping whose key is a mapping: a template of Helm, Jinja and the like. */
function isTemplate(root: Node): boolean {
  for (const { items } of mappingsBelow(root)) {
    if (items.some(({ key }) => key.type === 'map' || key.type === 'seq')) return true;
  }
  return false;
}

const closingQuote = /^ *(["'][\]}]*,?[ \t]*)$/gm;

/**
 * Text in quotes over several lines may end on a line of its own only where that is indented deeper than the key (YAML 1.2,
 * 7.3). The readers of these files don't mind where it is.
 */
function isReadByOthers(text: string): boolean {
  const indented = text.replace(closingQuote, `${' '.repeat(100)}$1`);
  if (indented === text) return false;
  return parseSource(indented).chunks.every(
    ({ misplaced, parsed }) => misplaced === null && parsed.problems.length === 0,
  );
}

/** Where a template stands, what it makes may well be right. */
function looksTemplated(text: string): boolean {
  return /\{\{|\{%|<%/.test(text);
}

function textOf(source: Source, document: SourceDocument): string {
  return source.text.slice(source.lines.starts[document.firstLine], source.lines.starts[document.endLine]);
}

/** What a document refers to and what is wrong with it beyond its schema. */
export function analyse({ recognized, document }: ReadDocument, around: Surroundings): Analysis {
  switch (recognized.set) {
    case 'mlproject':
      return analyseProject(document, around);
    case 'dvc':
      return analysePipeline(document, around);
    case 'conda':
      return analyseEnvironment(document, around);
    case 'kserve':
      return analyseServing(document);
    case 'kfp':
      return analysePipelineSpec(document);
    case 'argo-rollouts':
      return analyseRollout(document);
    case 'argo-workflows':
      return analyseWorkflow(document);
  }
}

const schemaCodes: Partial<Record<DiagnosticCode, DiagnosticCode>> = {
  'schema-unknown-key': 'ecosystem-unknown-key',
  'schema-missing-key': 'ecosystem-missing-key',
  'schema-type': 'ecosystem-type',
  'schema-value': 'ecosystem-value',
};

/** Sets of documents that go into a cluster. */
const clusterSets: ReadonlySet<Recognized['set']> = new Set(['argo-rollouts', 'argo-workflows', 'kserve']);

/** Beside a kustomization a document may be a patch of another one, which has what is missing here. */
function mayBeTold({ code }: Finding, { recognized, document }: ReadDocument, { around }: EcosystemOptions): boolean {
  if (code !== 'ecosystem-missing-key' || !clusterSets.has(recognized.set)) return true;
  return ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].every((name) => {
    const beside = resolvePath(document.uri, name);
    return beside === null || around.exists(beside) === false;
  });
}

/** Booleans of YAML 1.1, which the readers of these files still take. */
const oldBoolean = /^(?:y|yes|n|no|on|off)$/i;

function schemaFindings({ recognized, document }: ReadDocument): Finding[] {
  const findings: Finding[] = [];
  const anchors = anchorsOf(document.root);
  const old = new Set<number>();
  for (const scalar of plainScalars(document.root)) if (oldBoolean.test(String(scalar.value))) old.add(scalar.start);
  const context = {
    resolve: (name: string) => anchors.get(name),
    report: (finding: Finding) => {
      if (finding.code === 'schema-type' && old.has(finding.start)) return;
      // Most of the readers let the later one count.
      const severity = finding.code === 'yaml-duplicate-key' ? { severity: 'warning' as const } : {};
      findings.push({ ...finding, code: schemaCodes[finding.code] ?? finding.code, ...severity });
    },
  };
  const place = document.root.type === 'map' ? (document.root.items[0]?.key ?? document.root) : document.root;
  checkValue(document.root, ecosystemSchema(recognized.set, recognized.kind), place, context);
  const deployment = recognized.set === 'kfp' ? at(document.root, 'deploymentSpec') : null;
  if (deployment) checkValue(deployment, ecosystemSchema('kfp', 'PipelineDeploymentConfig'), deployment, context);
  return findings;
}

function* plainScalars(node: Node | null): Generator<Extract<Node, { type: 'scalar' }>> {
  if (node?.type === 'scalar' && node.style === 'plain') yield node;
  else if (node?.type === 'seq') for (const item of node.items) yield* plainScalars(item);
  else if (node?.type === 'map') for (const { value } of node.items) yield* plainScalars(value);
}

function syntaxFindings(source: Source, document: SourceDocument): Finding[] {
  return chunksOf(document).flatMap((chunk) => {
    const text = source.text.slice(chunk.offset, chunk.offset + chunk.length);
    const problems = [...chunk.parsed.problems.filter(({ severity }) => severity === 'error')];
    if (chunk.misplaced) problems.push(chunk.misplaced);
    return problems.map((problem) => shifted(syntaxFinding(problem, text, chunk.parsed.root), chunk));
  });
}

function shifted(finding: Finding, { offset }: Chunk): Finding {
  const related = finding.related?.map((each) => ({ ...each, start: each.start + offset, end: each.end + offset }));
  return { ...finding, start: finding.start + offset, end: finding.end + offset, ...(related ? { related } : {}) };
}

function toDiagnostic(finding: Finding, source: Source): Diagnostic {
  return {
    code: finding.code,
    severity: finding.severity ?? diagnosticCodes[finding.code],
    message: finding.message,
    range: rangeIn(source, finding),
    related: (finding.related ?? []).map(({ message, ...span }) => ({ message, range: rangeIn(source, span) })),
    replacements: finding.replacements ?? [],
  };
}

/** Offsets of a file as lines and characters. */
export function rangeIn(
  source: Source,
  { start, end }: { readonly start: number; readonly end: number },
): Diagnostic['range'] {
  const { lines } = source;
  const [startLine, endLine] = [lineAt(lines, start), lineAt(lines, end)];
  return {
    startLine,
    startCharacter: start - (lines.starts[startLine] ?? 0),
    endLine,
    endCharacter: end - (lines.starts[endLine] ?? 0),
  };
}
