import type { MapNode, Node } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument, isTemplated, type Names } from './analysis.ts';
import { reportCycles } from './cycles.ts';
import { at, entriesOf, isPartial, itemsOf, mappingsBelow, pairOf, textOf } from './tree.ts';
import { checkTags } from './workflow-tags.ts';

/** References inside of an Argo workflow: templates, their inputs, tasks, dependencies, `{{…}}`. */
export function analyseWorkflow({ kind, root }: EcosystemDocument): Analysis {
  const analysis = new Analysis();
  const spec = kind === 'CronWorkflow' ? at(root, 'spec', 'workflowSpec') : at(root, 'spec');
  if (spec?.type !== 'map' || kind === 'WorkflowEventBinding') return analysis;
  const list = at(spec, 'templates');
  const templates = itemsOf(list);
  const named = namedNodes(templates);
  const workflow: Workflow = {
    analysis,
    spec,
    templates: new Map(named.map(({ name, owner }) => [name, owner])),
    names: {
      what: 'template',
      where: ' in this workflow',
      names: new Map(named.map(({ name, node }) => [name, node])),
      // What a template that is referred to brings along is out of sight.
      complete: isWhole(list) && !pairOf(spec, 'workflowTemplateRef') && !isPartial(spec),
    },
  };
  analysis.unique(named, 'templates');
  referTo(at(spec, 'entrypoint'), workflow);
  referTo(at(spec, 'onExit'), workflow);
  checkHooks(spec, workflow);
  for (const template of templates) checkTemplate(template, workflow);
  return analysis;
}

interface Workflow {
  readonly analysis: Analysis;
  readonly spec: MapNode;
  readonly templates: ReadonlyMap<string, Node>;
  readonly names: Names;
}

interface Named {
  readonly name: string;
  /** Where the name stands. */
  readonly node: Node;
  readonly owner: Node;
}

function namedNodes(nodes: readonly Node[]): Named[] {
  return nodes.flatMap((owner) => {
    const node = at(owner, 'name');
    const name = textOf(node);
    return node && name !== null && !isTemplated(name) ? [{ name, node, owner }] : [];
  });
}

/** A list all of which stands here. */
function isWhole(list: Node | null): boolean {
  return (
    list?.type === 'seq' &&
    list.items.every((item) => item?.type !== 'alias') &&
    ![...mappingsBelow(list)].some(isPartial)
  );
}

function referTo(value: Node | null, { analysis, names }: Workflow): void {
  const name = textOf(value);
  if (value && name && !isTemplated(name)) analysis.refer(value, name, names);
}

function checkHooks(owner: Node, workflow: Workflow): void {
  for (const { value } of entriesOf(at(owner, 'hooks'))) referTo(at(value, 'template'), workflow);
}

function checkTemplate(template: Node, workflow: Workflow): void {
  const { analysis, spec } = workflow;
  const stepList = at(template, 'steps');
  const taskList = at(template, 'dag', 'tasks');
  const calls = {
    steps: itemsOf(stepList).flatMap((group) => (group.type === 'seq' ? itemsOf(group) : [group])),
    tasks: itemsOf(taskList),
  };
  for (const call of [...calls.steps, ...calls.tasks]) {
    referTo(at(call, 'template'), workflow);
    referTo(at(call, 'onExit'), workflow);
    checkHooks(call, workflow);
    checkArguments(call, workflow);
  }
  const steps = namedNodes(calls.steps);
  const tasks = namedNodes(calls.tasks);
  analysis.unique(steps, 'steps');
  analysis.unique(tasks, 'tasks');
  const namesOf = (named: readonly Named[], list: Node | null, what: string): Names => ({
    what,
    where: ' in this template',
    names: new Map(named.map(({ name, node }) => [name, node])),
    complete: isWhole(list),
  });
  const taskNames = namesOf(tasks, taskList, 'task');
  checkDependencies(tasks, taskNames, analysis);
  checkTags(template, {
    analysis,
    tasks: taskNames,
    steps: namesOf(steps, stepList, 'step'),
    // The defaults of all templates may bring inputs along.
    hasDefaults: pairOf(spec, 'templateDefaults') !== undefined || isPartial(template),
  });
}

/** Argo refuses a call without a value for an input that has none of its own. */
function checkArguments(call: Node, { analysis, spec, templates }: Workflow): void {
  const place = at(call, 'template');
  const name = textOf(place);
  const template = name === null ? undefined : templates.get(name);
  if (!place || !template || pairOf(spec, 'templateDefaults')) return;
  for (const what of ['parameters', 'artifacts'] as const) {
    const given = at(call, 'arguments', what);
    const wanted = at(template, 'inputs', what);
    if (isPartial(call) || isPartial(at(call, 'arguments')) || (given && !isWhole(given)) || !isWhole(wanted)) continue;
    const names = new Set(itemsOf(given).map((each) => textOf(at(each, 'name'))));
    const missing = itemsOf(wanted)
      .filter((input) => needsValue(input, what))
      .flatMap((input) => textOf(at(input, 'name')) ?? [])
      .filter((each) => !names.has(each));
    if (missing.length === 0) continue;
    const list = missing.map((each) => `\`${each}\``).join(', ');
    analysis.form(
      place,
      `The template \`${name}\` needs ${what === 'parameters' ? 'a value for' : 'the artifact'} ${list}.`,
      'error',
    );
  }
}

function needsValue(input: Node, what: 'parameters' | 'artifacts'): boolean {
  if (what === 'parameters') return !['value', 'default', 'valueFrom'].some((key) => pairOf(input, key));
  // An artifact with a place of its own is fetched from there.
  return entriesOf(input).every(({ name }) => name === 'name' || name === 'path' || name === 'mode');
}

/** Words of `depends`: a task, and after a dot the outcome it has to have. */
const dependsWord = /[A-Za-z0-9_][\w-]*(?:\.\w+)?/g;

function checkDependencies(tasks: readonly Named[], names: Names, analysis: Analysis): void {
  const graph = new Map<string, { node: Node; needs: readonly string[] }>();
  for (const { name, node, owner } of tasks) {
    const needs: string[] = [];
    for (const item of itemsOf(at(owner, 'dependencies'))) {
      const other = textOf(item);
      if (other === null || isTemplated(other)) continue;
      analysis.refer(item, other, names);
      needs.push(other);
    }
    const depends = at(owner, 'depends');
    const text = textOf(depends) ?? '';
    for (const [word] of isTemplated(text) ? [] : text.matchAll(dependsWord)) {
      const other = word.split('.', 1)[0] ?? '';
      if (depends) analysis.refer(depends, other, names);
      needs.push(other);
    }
    graph.set(name, { node, needs });
  }
  reportCycles(graph, 'task', analysis);
}
