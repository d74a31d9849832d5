import { describe, expect, it } from 'vitest';
import { settings } from '#schemas/protocol/workspace.ts';
import { opened, problems, workflow } from './workspace.ts';

const found = (text: string) => problems({ 'a.yaml': text });

describe('Argo workflows', () => {
  const container = 'container: {image: alpine}';

  it('are checked by their schema', () => {
    expect(found(workflow(`entrypoint: a\ntemplates:\n  - {name: a, ${container}}\n`))).toEqual([]);
    expect(
      found(workflow('entrypoint: a\ntemplates:\n  - name: a\n    container:\n      imag: alpine\n      args: [5]\n')),
    ).toEqual(['ecosystem-unknown-key imag', 'ecosystem-type 5']);
    expect(found(workflow('entrypoint: a\ntemplates:\n  - name: a\n    suspend: {}\n    daemon: yes\n'))).toEqual([]);
  });

  it('refer to templates that are there, unless they take them from elsewhere', () => {
    expect(found(workflow(`entrypoint: mian\ntemplates:\n  - {name: main, ${container}}\n`))).toEqual([
      'ecosystem-reference mian',
    ]);
    expect(found(workflow(`workflowTemplateRef: {name: other}\nentrypoint: mian\n`))).toEqual([]);
    expect(
      found(
        workflow(
          `entrypoint: main\ntemplates:\n  - name: main\n    steps:\n      - - {name: a, template: stpe}\n        - {name: b, templateRef: {name: o, template: x}}\n  - {name: step, ${container}}\n`,
        ),
      ),
    ).toEqual(['ecosystem-reference stpe']);
  });

  const dag = (tasks: string) =>
    workflow(
      `entrypoint: main\ntemplates:\n  - name: t\n    inputs: {parameters: [{name: x, default: "1"}]}\n    ${container}\n  - name: main\n    dag:\n      tasks:\n${tasks.replace(/^/gm, '        ')}`,
    );

  it('wait for tasks that are there, and not in a circle', () => {
    expect(
      found(dag('- {name: a, template: t}\n- {name: b, template: t, depends: "a.Succeeded && !a.Failed"}\n')),
    ).toEqual([]);
    expect(found(dag('- {name: a, template: t}\n- {name: b, template: t, dependencies: [aa]}\n'))).toEqual([
      'ecosystem-reference aa',
    ]);
    expect(found(dag('- {name: a, template: t, depends: b}\n- {name: b, template: t, depends: a}\n'))).toEqual([
      'ecosystem-cycle a',
    ]);
    expect(found(dag('- {name: a, template: t}\n- {name: a, template: t}\n'))).toEqual(['ecosystem-duplicate a']);
  });

  it('fill in names that are there', () => {
    const pass = (value: string) =>
      dag(
        `- {name: a, template: t}\n- name: b\n  template: t\n  arguments: {parameters: [{name: x, value: "${value}"}]}\n`,
      );
    expect(found(pass('{{tasks.a.outputs.result}} {{tasks.name}} {{workflow.name}} {{=tasks.zz}}'))).toEqual([]);
    expect(found(pass('{{tasks.aa.outputs.result}}'))).toEqual(['ecosystem-reference {{tasks.aa.outputs.result}}']);
    expect(found(pass('{{inputs.parameters.y}}'))).toEqual(['ecosystem-reference {{inputs.parameters.y}}']);
  });

  it('give a template what it needs', () => {
    const call = (rest: string) =>
      workflow(
        `entrypoint: main\ntemplates:\n  - name: t\n    inputs: {parameters: [{name: x}, {name: y, value: "2"}]}\n    ${container}\n  - name: main\n    steps:\n      - - {name: a, template: t${rest}}\n`,
      );
    expect(found(call(', arguments: {parameters: [{name: x, value: 1}]}'))).toEqual([]);
    expect(found(call(''))).toEqual(['ecosystem-form t']);
  });

  it('lead from a name to what it stands for', () => {
    const { documents, uri, position } = opened({
      'a.yaml': workflow(`entrypoint: ma‸in\ntemplates:\n  - {name: main, ${container}}\n`),
    });
    expect(documents.definition(uri, position)).toMatchObject([{ uri, range: { startLine: 6, startCharacter: 13 } }]);
  });
});

describe('Argo rollouts', () => {
  const rollout = (strategy: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec:\n  strategy:\n${strategy.replace(/^/gm, '    ')}`;

  it('have one strategy, and weights that can be', () => {
    expect(found(rollout('canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 100}]}\n'))).toEqual([]);
    expect(found(rollout('canary: {steps: [{setWeight: 120}]}\n'))).toEqual(['ecosystem-form 120']);
    expect(found(rollout('canary: {}\nblueGreen: {activeService: a}\n'))).toEqual(['ecosystem-form blueGreen']);
    expect(found(rollout('canary: {steps: [{setWieght: 20}]}\n'))).toEqual(['ecosystem-unknown-key setWieght']);
  });
});

describe('KServe', () => {
  const service = (predictor: string) =>
    `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: a}\nspec:\n  predictor:\n${predictor.replace(/^/gm, '    ')}`;

  it('has models at places that can be, and bounds that hold', () => {
    expect(
      found(
        service('minReplicas: 1\nmaxReplicas: 2\nmodel:\n  modelFormat: {name: sklearn}\n  storageUri: gs://a/b\n'),
      ),
    ).toEqual([]);
    expect(found(service('minReplicas: 3\nmaxReplicas: 2\nmodel:\n  storageUri: models/a\n  runtme: x\n'))).toEqual([
      'ecosystem-form 2',
      'ecosystem-form models/a',
      'ecosystem-unknown-key runtme',
    ]);
  });

  it('has graphs of nodes that are there, and shares that add up', () => {
    const graph = (nodes: string) =>
      `apiVersion: serving.kserve.io/v1alpha1\nkind: InferenceGraph\nmetadata: {name: a}\nspec:\n  nodes:\n${nodes.replace(/^/gm, '    ')}`;
    expect(
      found(
        graph(
          'root:\n  routerType: Sequence\n  steps: [{nodeName: b}]\nb: {routerType: Splitter, steps: [{serviceName: x, weight: 40}, {serviceName: y, weight: 60}]}\n',
        ),
      ),
    ).toEqual([]);
    expect(
      found(
        graph(
          'root:\n  routerType: Sequence\n  steps: [{nodeName: c}]\nb: {routerType: Splitter, steps: [{serviceName: x, weight: 40}, {serviceName: y, weight: 50}]}\n',
        ),
      ),
    ).toEqual(['ecosystem-reference c', 'ecosystem-form b']);
  });
});

describe('compiled pipelines', () => {
  const pipeline = (component: string, producer: string) => `components:
  comp-a: {executorLabel: exec-a, outputDefinitions: {parameters: {Output: {parameterType: STRING}}}}
deploymentSpec:
  executors: {exec-a: {container: {image: python}}}
pipelineInfo: {name: p}
root:
  dag:
    tasks:
      a: {componentRef: {name: ${component}}, taskInfo: {name: a}}
      b:
        componentRef: {name: comp-a}
        dependentTasks: [a]
        inputs: {parameters: {x: {taskOutputParameter: {outputParameterKey: Output, producerTask: ${producer}}}}}
schemaVersion: 2.1.0
sdkVersion: kfp-2.0.0
`;

  it('refer to components and tasks that are there', () => {
    expect(found(pipeline('comp-a', 'a'))).toEqual([]);
    expect(found(pipeline('comp-b', 'c'))).toEqual(['ecosystem-reference comp-b', 'ecosystem-reference c']);
  });
});

describe('other YAML', () => {
  const bad = workflow('entrypont: a\n');

  it('is left alone: templates of templates, other kinds, what is switched off', () => {
    expect(found(bad)).toEqual(['ecosystem-unknown-key entrypont']);
    expect(found(bad.replace('generateName: a-', 'generateName: {{ .Values.name }}'))).toEqual([]);
    expect(found(`{{- if .Values.on }}\n${bad}{{- end }}\n`)).toEqual([]);
    expect(found(bad.replace('kind: Workflow', 'kind: Sensor'))).toEqual([]);
    expect(found(bad.replace('argoproj.io/v1alpha1', 'v1'))).toEqual([]);
    expect(found('a: [b\n')).toEqual([]);
  });

  it('may be a patch beside a kustomization, which lacks what another document has', () => {
    const patch = `apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nspec:\n  templates:\n    - {name: a, script: {image: b}}\n`;
    expect(found(patch)).toEqual(['ecosystem-missing-key apiVersion']);
    expect(problems({ 'a.yaml': patch, 'kustomization.yaml': '' })).toEqual([]);
  });

  it('becomes known while it is written, and is forgotten again', () => {
    const { documents } = opened({ 'a.yaml': '' });
    const uri = 'file:///ws/b.yaml';
    const version = 'apiVersion: argoproj.io/v1alpha1';
    documents.open(uri, 1, `kind: Workflow\nmetadata: {name: a}\nspec: {entrypont: a}\n`);
    expect(documents.has(uri)).toBe(false);
    const start = { line: 0, character: 0 };
    documents.change(uri, 2, [{ range: { start, end: start }, text: `${version}\n` }]);
    expect(documents.diagnostics(uri).map(({ code }) => code)).toEqual(['ecosystem-unknown-key']);
    documents.change(uri, 3, [{ range: { start, end: { line: 1, character: 0 } }, text: '' }]);
    expect(documents.diagnostics(uri)).toEqual([]);
    expect(documents.has(uri)).toBe(false);
  });

  it('is left to its own by a setting', () => {
    const { documents, uri } = opened({ 'a.yaml': bad });
    documents.configure(settings.parse({ ecosystem: { argo: { enabled: false } } }), false);
    expect(documents.diagnostics(uri)).toEqual([]);
    expect(documents.outline(uri)).toEqual([]);
    documents.configure(settings.parse({ ecosystem: { dvc: { enabled: false } } }), false);
    expect(documents.diagnostics(uri)).toHaveLength(1);
  });

  it('is checked by another extension where it can: syntax, and the schema of dvc.yaml', () => {
    const codes = (name: string, text: string, hasYamlExtension: boolean) => {
      const { documents, uri } = opened({ [name]: text });
      documents.configure(settings.parse({}), hasYamlExtension);
      return documents.diagnostics(uri).map(({ code }) => code);
    };
    const stage = 'stages:\n  a: {cmd: x, dpes: [b]}\n  b: {cmd: "y ${z}"}\n';
    expect(codes('dvc.yaml', stage, false)).toEqual(['ecosystem-unknown-key', 'ecosystem-reference']);
    expect(codes('dvc.yaml', stage, true)).toEqual(['ecosystem-reference']);
    expect(codes('dvc.yaml', 'stages: [\n', false)).toContain('yaml-syntax');
    expect(codes('dvc.yaml', 'stages: [\n', true)).toEqual([]);
    expect(codes('a.yaml', bad, true)).toEqual(['ecosystem-unknown-key']);
  });

  it('has its problems suppressed by the same comment as ours', () => {
    expect(found(bad.replace('entrypont: a', 'entrypont: a # mlops-ignore: ecosystem-unknown-key'))).toEqual([]);
  });
});
