import { posix } from 'node:path';
import { stringify } from 'yaml';
import { FailureError } from '../platform/failure.ts';
import { ownFolder } from '../platform/own-folder.ts';
import type { MonitorDocument } from './monitor-documents.ts';

export interface CronJobOptions {
  /** Of the container, with the command line and the workspace in it. */
  readonly image: string;
  /** Where the workspace is in the image, absolute, and the document in it. */
  readonly workspace: string;
  readonly file: string;
  readonly namespace: string | null;
  /** A Kubernetes secret whose entries become environment variables; null for none. */
  readonly secret: string | null;
  /** A PersistentVolumeClaim for history and the states of alerts; without it, each check begins anew. */
  readonly claim: string | null;
}

/** UID of the user that a container runs as; any but root. */
const USER = 10_001;

/**
 * A Kubernetes CronJob (batch/v1) that checks a monitor on its schedule, as YAML. It runs as no root, on a read-only file
 * system but for `/tmp` and `.mlops`, and never twice at once. Fails with `input` where the document has no schedule.
 */
export function cronJobManifest({ metadata, schedule }: MonitorDocument, options: CronJobOptions): string {
  if (schedule === undefined) {
    throw new FailureError('input', `The monitor ${metadata.name} has no schedule.`, {
      remedy: 'Add one to the document, such as schedule: "0 * * * *".',
    });
  }
  const name = kubernetesName(metadata.name);
  const labels = { 'app.kubernetes.io/name': 'mlops-monitor', 'app.kubernetes.io/instance': name };
  const folder = (path: string, volume: string) => ({ name: volume, mountPath: path });
  return stringify(
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name, ...(options.namespace === null ? {} : { namespace: options.namespace }), labels },
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            // Exit code 1 is an answer: data drifted. Trying again would not change it.
            backoffLimit: 0,
            activeDeadlineSeconds: 3_600,
            template: {
              metadata: { labels },
              spec: {
                restartPolicy: 'Never',
                automountServiceAccountToken: false,
                securityContext: {
                  runAsNonRoot: true,
                  runAsUser: USER,
                  fsGroup: USER,
                  seccompProfile: { type: 'RuntimeDefault' },
                },
                containers: [
                  {
                    name: 'check',
                    image: options.image,
                    workingDir: options.workspace,
                    command: ['mlops', 'monitor', 'check', options.file, '--name', metadata.name, '--json'],
                    ...(options.secret === null ? {} : { envFrom: [{ secretRef: { name: options.secret } }] }),
                    securityContext: {
                      allowPrivilegeEscalation: false,
                      readOnlyRootFilesystem: true,
                      capabilities: { drop: ['ALL'] },
                    },
                    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } },
                    volumeMounts: [folder('/tmp', 'tmp'), folder(posix.join(options.workspace, ownFolder), 'state')],
                  },
                ],
                volumes: [
                  { name: 'tmp', emptyDir: {} },
                  options.claim === null
                    ? { name: 'state', emptyDir: {} }
                    : { name: 'state', persistentVolumeClaim: { claimName: options.claim } },
                ],
              },
            },
          },
        },
      },
    },
    { lineWidth: 0 },
  );
}

/** A DNS label of at most 52 characters: Kubernetes appends 11 to the name of a CronJob. */
function kubernetesName(name: string): string {
  const plain = `monitor-${name}`
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 52);
  return plain.replace(/-+$/, '');
}
