import type { z } from 'zod';
import type { Connection } from '#schemas/domain/connection.ts';
import type { TreeRun } from '#schemas/protocol/experiments.ts';
import type { RequestDefinition } from '#schemas/protocol/request.ts';

export const folder = 'file:///ws';

export function connection(part: Partial<Connection> = {}): Connection {
  return {
    name: 'local',
    kind: 'tracker',
    backend: 'mlflow-sqlite',
    uri: 'sqlite:///mlflow.db',
    origin: null,
    source: 'found',
    healthy: true,
    detail: 'MLflow 3.17.2',
    latencyMs: 3.4,
    attention: null,
    ...part,
  };
}

export function treeRun(runId: string, part: Partial<TreeRun> = {}): TreeRun {
  return {
    ref: { tracker: 'local', runId },
    name: `run ${runId}`,
    status: 'FINISHED',
    startTime: 1_000,
    endTime: 2_000,
    hasChildren: false,
    metric: null,
    marks: { starred: false, hidden: false },
    deleted: false,
    ...part,
  };
}

type Tell = (message: string | undefined, percentage: number | undefined) => void;
type Answer = (params: unknown, onProgress?: Tell) => unknown;

/** A server that answers by method, and remembers what it was asked. */
export function fakeServer(answers: Record<string, Answer>) {
  const asked: { method: string; params: unknown }[] = [];
  return {
    asked,
    /** What was asked of one method, since the last look. */
    take(method: string): unknown[] {
      const taken = asked.filter((one) => one.method === method).map(({ params }) => params);
      asked.length = 0;
      return taken;
    },
    async request<P extends z.ZodType, R extends z.ZodType>(
      definition: RequestDefinition<P, R>,
      params: z.input<P>,
      { onProgress }: { readonly onProgress?: Tell | undefined } = {},
    ): Promise<z.output<R>> {
      const parsed = definition.params.parse(params);
      asked.push({ method: definition.method, params: parsed });
      const answer = answers[definition.method];
      if (!answer) throw new Error(`Nobody answers ${definition.method}`);
      return definition.result.parse(await answer(parsed, onProgress));
    },
  };
}
