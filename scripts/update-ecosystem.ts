/**
 * Writes the JSON Schemas of other projects' files (schemas/ecosystem) anew from their published packages. Run by hand,
 * with the newest versions put into the table below; the result is committed with the licences of where it comes from.
 *
 *   node scripts/update-ecosystem.ts        needs npm and pip
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apache2Notice } from './ecosystem/notices.ts';
import { readProtobufModels } from './ecosystem/protobuf-models.ts';
import { readPythonModels } from './ecosystem/python-models.ts';
import { type Definitions, type JsonSchema, reachable, withReferences } from './ecosystem/schema-set.ts';
import { type ModelPackage, readTypeScriptModels } from './ecosystem/typescript-models.ts';

const npmPackages = {
  '@kubernetes-models/argo-rollouts': '2.0.0',
  '@kubernetes-models/argo-workflows': '2.0.0',
  '@kubernetes-models/apimachinery': '3.0.2',
  'kubernetes-models': '5.1.0',
} as const;

const wheels = { kserve: '0.21.0', 'kfp-pipeline-spec': '2.17.3' } as const;

const target = join(import.meta.dirname, '../schemas/ecosystem');
const argoKinds = 'argoproj.io/v1alpha1';

function main(): void {
  const work = mkdtempSync(join(tmpdir(), 'ecosystem-'));
  try {
    const npm = new Map(Object.entries(npmPackages).map(([name, version]) => [name, unpackNpm(name, version, work)]));
    const python = new Map(Object.entries(wheels).map(([name, version]) => [name, unpackWheel(name, version, work)]));
    writeKubernetesKinds(npm, folderOf(python, 'kserve'));
    writePipelineSpec(folderOf(python, 'kfp-pipeline-spec'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function folderOf(folders: ReadonlyMap<string, string>, name: string): string {
  const folder = folders.get(name);
  if (folder === undefined) throw new Error(`${name} was not unpacked.`);
  return folder;
}

function unpackNpm(name: string, version: string, work: string): string {
  const folder = join(work, name.replace(/\W/g, '_'));
  mkdirSync(folder);
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', `${name}@${version}`], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string }];
  execFileSync('tar', ['xzf', filename], { cwd: folder });
  return join(folder, 'package');
}

function unpackWheel(name: string, version: string, work: string): string {
  const folder = join(work, `wheel-${name}`);
  mkdirSync(folder);
  execFileSync('python3', [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '-d',
    folder,
    `${name}==${version}`,
  ]);
  const [file] = readdirSync(folder);
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, file ?? ''), folder]);
  return folder;
}

function writeKubernetesKinds(npm: ReadonlyMap<string, string>, kserve: string): void {
  const package_ = (name: string, prefix: string, below: string): [string, ModelPackage] => [
    name,
    { folder: folderOf(npm, name), prefix, below },
  ];
  const packages = new Map([
    package_('@kubernetes-models/argo-rollouts', 'rollouts.', argoKinds),
    package_('@kubernetes-models/argo-workflows', 'workflows.', argoKinds),
    package_('@kubernetes-models/apimachinery', 'k8s.meta.', ''),
    package_('kubernetes-models', 'k8s.', ''),
  ]);
  const root = (name: string, path: string) => ({ package: name, path });
  const core = ['v1/PodSpec', 'apps/v1/DeploymentStrategy', 'autoscaling/v2/HorizontalPodAutoscalerBehavior'];
  const all = readTypeScriptModels(packages, [
    ...rolloutKinds.map((kind) => root('@kubernetes-models/argo-rollouts', `${argoKinds}/${kind}`)),
    ...workflowKinds.map((kind) => root('@kubernetes-models/argo-workflows', `${argoKinds}/${kind}`)),
    ...embeddedRoots.map((name) => root('@kubernetes-models/argo-workflows', `${argoKinds}/${name}`)),
    ...core.map((path) => root('kubernetes-models', path)),
    root('@kubernetes-models/apimachinery', 'apis/meta/v1/ObjectMeta'),
  ]);
  for (const [name, schema] of readPythonModels(join(kserve, 'kserve/models'), coreModel(all)))
    all.set(`kserve.${name}`, schema);
  for (const [name, schema] of all)
    if (name.startsWith('kserve.'))
      all.set(
        name,
        withReferences(schema, (ref) => (all.has(ref) ? ref : `kserve.${ref}`)),
      );

  correct(all);

  const shared = new Set<string>();
  const write = (folder: string, kinds: Readonly<Record<string, string>>, notice: string) => {
    const own = reachable(all, Object.values(kinds));
    for (const name of own.keys()) if (name.startsWith('k8s.')) shared.add(name);
    writeSet(folder, { kinds, definitions: new Map([...own].filter(([name]) => !name.startsWith('k8s.'))), notice });
  };
  const kindsOf = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((kind) => [kind, `${prefix}${kind}`]));
  write(
    'argo-rollouts',
    kindsOf('rollouts.', rolloutKinds),
    apache2Notice(
      'Argo Rollouts',
      `@kubernetes-models/argo-rollouts ${npmPackages['@kubernetes-models/argo-rollouts']}`,
    ),
  );
  write(
    'argo-workflows',
    kindsOf('workflows.', workflowKinds),
    apache2Notice(
      'Argo Workflows',
      `@kubernetes-models/argo-workflows ${npmPackages['@kubernetes-models/argo-workflows']}`,
    ),
  );
  write('kserve', kserveKinds, apache2Notice('KServe', `kserve ${wheels.kserve}`));
  writeSet('kubernetes', {
    kinds: {},
    definitions: new Map([...reachable(all, [...shared])]),
    notice: apache2Notice('Kubernetes', `kubernetes-models ${npmPackages['kubernetes-models']}`),
  });
}

const rolloutKinds = ['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun', 'Experiment'];
const workflowKinds = [
  'Workflow',
  'CronWorkflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'WorkflowEventBinding',
];
const kserveKinds = {
  InferenceService: 'kserve.V1beta1InferenceService',
  ServingRuntime: 'kserve.V1alpha1ServingRuntime',
  ClusterServingRuntime: 'kserve.V1alpha1ClusterServingRuntime',
  InferenceGraph: 'kserve.V1alpha1InferenceGraph',
  TrainedModel: 'kserve.V1alpha1TrainedModel',
};

/** Structures whose keys stand beside those of another, which the packages leave out there. */
const embedded: Readonly<Record<string, string>> = {
  'workflows.ArtifactoryArtifact': 'workflows.ArtifactoryAuth',
  'workflows.AzureArtifact': 'workflows.AzureBlobContainer',
  'workflows.GCSArtifact': 'workflows.GCSBucket',
  'workflows.HDFSConfig': 'workflows.HDFSKrbConfig',
  'workflows.HDFSArtifact': 'workflows.HDFSConfig',
  'workflows.OSSArtifact': 'workflows.OSSBucket',
  'workflows.S3Artifact': 'workflows.S3Bucket',
  'workflows.Artifact': 'workflows.ArtifactLocation',
  'workflows.ArtifactPaths': 'workflows.Artifact',
  'workflows.WorkflowLevelArtifactGC': 'workflows.ArtifactGC',
  'workflows.ContainerNode': 'k8s.v1.Container',
  'workflows.ScriptTemplate': 'k8s.v1.Container',
  'workflows.UserContainer': 'k8s.v1.Container',
  'rollouts.RolloutAnalysisBackground': 'rollouts.RolloutAnalysis',
};

/** Those of them that nothing refers to. */
const embeddedRoots = Object.values(embedded)
  .filter((name) => name.startsWith('workflows.'))
  .map((name) => name.replace('workflows.', ''));

/** Keys that only some of the places need, that older versions had, and that newer ones than the packages have. */
const optional: Readonly<Record<string, readonly string[]>> = {
  'k8s.v1.Container': ['name'],
  'k8s.v1.HTTPGetAction': ['port'],
  'k8s.v1.TCPSocketAction': ['port'],
  'k8s.v1.PodOS': ['name'],
  'k8s.v1.PersistentVolumeClaim': ['apiVersion', 'kind'],
  'kserve.V1beta1ModelSpec': ['modelFormat'],
  'kserve.V1beta1ARTExplainerSpec': ['name', 'type'],
  'workflows.CronWorkflowSpec': ['schedules'],
  'k8s.v1.ConfigMapKeySelector': ['key'],
};
const older: Readonly<Record<string, Record<string, JsonSchema>>> = {
  'workflows.CronWorkflowSpec': { schedule: { type: 'string', description: 'Schedule in Cron format (before 4.0).' } },
  'workflows.Cache': { configMap: { $ref: 'k8s.v1.ConfigMapKeySelector' } },
  'workflows.Synchronization': {
    mutex: { $ref: 'workflows.Mutex' },
    semaphore: { $ref: 'workflows.SemaphoreRef' },
  },
};
const newer: Readonly<Record<string, readonly string[]>> = {
  'workflows.ArtifactLocation': ['archiveLogs'],
  'workflows.HTTPArtifact': ['saveStreamViaFile'],
  'workflows.S3Bucket': ['addressingStyle'],
  'workflows.Template': ['pendingTimeout', 'podResources', 'resourceClaims'],
  'workflows.WorkflowSpec': ['executorPlugins', 'podResources', 'resourceClaims'],
  'rollouts.Authentication': ['basicAuth'],
  'rollouts.DatadogMetric': ['requestTimeout'],
};

/** What the packages say otherwise than the projects' own readers do. */
function correct(all: Definitions): void {
  const schemaOf = (name: string) => {
    const schema = all.get(name);
    if (!schema) throw new Error(`There is no definition ${name} to correct.`);
    return schema;
  };
  // Whatever stands there is turned into text.
  all.set('workflows.AnyString', {});
  all.set('workflows.ParallelSteps', { type: 'array', items: { $ref: 'workflows.WorkflowStep' } });
  for (const [name, keys] of Object.entries(newer)) {
    schemaOf(name).properties = { ...schemaOf(name).properties, ...Object.fromEntries(keys.map((key) => [key, {}])) };
  }
  for (const [name, keys] of Object.entries(older)) {
    schemaOf(name).properties = { ...schemaOf(name).properties, ...keys };
  }
  for (const [name, from] of Object.entries(embedded)) {
    schemaOf(name).properties = { ...schemaOf(from).properties, ...schemaOf(name).properties };
  }
  for (const [name, keys] of Object.entries(optional)) {
    const schema = schemaOf(name);
    schema.required = schema.required?.filter((key) => !keys.includes(key)) ?? [];
  }
}

/** The models of Kubernetes in the Python client's words: `V1Container`, `K8sIoApiAppsV1DeploymentStrategy`. */
function coreModel(all: Definitions): (className: string) => JsonSchema | null {
  const special: Readonly<Record<string, JsonSchema>> = {
    V1ObjectMeta: { $ref: 'k8s.meta.apis.meta.v1.ObjectMeta' },
    ResourceQuantity: { $ref: 'k8s.meta.api.resource.Quantity' },
    KnativeURL: { type: 'string' },
    K8sIoApiAppsV1DeploymentStrategy: { $ref: 'k8s.apps.v1.DeploymentStrategy' },
    K8sIoApiAutoscalingV2HorizontalPodAutoscalerBehavior: {
      $ref: 'k8s.autoscaling.v2.HorizontalPodAutoscalerBehavior',
    },
  };
  return (className) => {
    const known = special[className];
    if (known) return { ...known };
    const name = `k8s.v1.${className.replace(/^V1/, '')}`;
    return className.startsWith('V1') && all.has(name) ? { $ref: name } : null;
  };
}

function writePipelineSpec(folder: string): void {
  const all = readProtobufModels(join(folder, 'kfp/pipeline_spec/pipeline_spec_pb2.py'));
  writeSet('kfp', {
    kinds: { PipelineSpec: 'PipelineSpec', PipelineDeploymentConfig: 'PipelineDeploymentConfig' },
    definitions: reachable(all, ['PipelineSpec', 'PipelineDeploymentConfig']),
    notice: apache2Notice('Kubeflow Pipelines', `kfp-pipeline-spec ${wheels['kfp-pipeline-spec']}`),
  });
}

interface SchemaSet {
  /** The definition of each kind that a document may be. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Definitions;
  readonly notice: string;
}

function writeSet(name: string, { kinds, definitions, notice }: SchemaSet): void {
  const folder = join(target, name);
  mkdirSync(folder, { recursive: true });
  const reference = (to: string) => (definitions.has(to) ? `#/$defs/${to}` : `../kubernetes/schema.json#/$defs/${to}`);
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, to]) => [kind, { $ref: `#/$defs/${to}` }])),
    $defs: Object.fromEntries([...definitions].map(([key, schema]) => [key, withReferences(schema, reference)])),
  };
  const text = `${JSON.stringify(document)}\n`;
  writeFileSync(join(folder, 'schema.json'), text);
  writeFileSync(join(folder, 'NOTICE'), notice);
  console.log(
    `${name.padEnd(16)} ${String(definitions.size).padStart(4)} definitions ${(text.length / 1024).toFixed(0).padStart(5)} kB`,
  );
}

main();
