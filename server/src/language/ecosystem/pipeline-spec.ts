import type { Node } from '../syntax/ast.ts';
import { Analysis, type EcosystemDocument, type Names } from './analysis.ts';
import { reportCycles } from './cycles.ts';
import { at, entriesOf, itemsOf, textOf } from './tree.ts';

/** References inside of a compiled pipeline: components, executors, tasks and their outputs, inputs. */
export function analysePipelineSpec({ root }: EcosystemDocument): Analysis {
  const analysis = new Analysis();
  const components = at(root, 'components');
  const executors = at(root, 'deploymentSpec', 'executors');
  const spec: Spec = {
    analysis,
    components: namesOf(components, 'component', ' in this pipeline'),
    componentNodes: new Map(entriesOf(components).map(({ name, value }) => [name, value])),
  };
  checkComponent(at(root, 'root'), spec);
  for (const { value } of entriesOf(components)) {
    refer(at(value, 'executorLabel'), namesOf(executors, 'executor', ' in `deploymentSpec`'), analysis);
    checkComponent(value, spec);
  }
  return analysis;
}

interface Spec {
  readonly analysis: Analysis;
  readonly components: Names;
  readonly componentNodes: ReadonlyMap<string, Node | null>;
}

function namesOf(mapping: Node | null, what: string, where: string): Names {
  return { what, where, names: new Map(entriesOf(mapping).map(({ name, key }) => [name, key])), complete: true };
}

function refer(place: Node | null, names: Names, analysis: Analysis): void {
  const name = textOf(place);
  if (place && name !== null && name !== '') analysis.refer(place, name, names);
}

function checkComponent(component: Node | null, spec: Spec): void {
  const { analysis } = spec;
  const tasks = at(component, 'dag', 'tasks');
  if (tasks?.type !== 'map') return;
  const names = namesOf(tasks, 'task', ' beside this one');
  const graph = new Map<string, { node: Node; needs: readonly string[] }>();
  for (const { name, key, value } of entriesOf(tasks)) {
    refer(at(value, 'componentRef', 'name'), spec.components, analysis);
    const dependent = itemsOf(at(value, 'dependentTasks'));
    for (const each of dependent) refer(each, names, analysis);
    graph.set(name, { node: key, needs: dependent.flatMap((each) => textOf(each) ?? []) });
    for (const what of ['parameters', 'artifacts'] as const) {
      for (const { value: input } of entriesOf(at(value, 'inputs', what)))
        checkInput(input, what, { component, names, tasks, spec });
    }
  }
  reportCycles(graph, 'task', analysis);
}

interface Dag {
  readonly component: Node | null;
  readonly tasks: Node;
  readonly names: Names;
  readonly spec: Spec;
}

/** Where an input's value comes from: another task's output, or an input of the component around. */
function checkInput(
  input: Node | null,
  what: 'parameters' | 'artifacts',
  { component, tasks, names, spec }: Dag,
): void {
  const [fromTask, fromComponent, outputKey] =
    what === 'parameters'
      ? ['taskOutputParameter', 'componentInputParameter', 'outputParameterKey']
      : ['taskOutputArtifact', 'componentInputArtifact', 'outputArtifactKey'];
  const output = at(input, fromTask);
  refer(at(output, 'producerTask'), names, spec.analysis);
  const own = at(component, 'inputDefinitions', what);
  if (own)
    refer(at(input, fromComponent), namesOf(own, `input ${what.slice(0, -1)}`, ' of this component'), spec.analysis);
  const producer = textOf(at(output, 'producerTask'));
  const reference = producer === null ? null : textOf(at(tasks, producer, 'componentRef', 'name'));
  const outputs = reference === null ? null : at(spec.componentNodes.get(reference), 'outputDefinitions', what);
  if (outputs) refer(at(output, outputKey), namesOf(outputs, 'output', ` of \`${producer}\``), spec.analysis);
}
