import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { workspaceDocument } from '#schemas/config/workspace.ts';
import { parseWorkspaceDocument } from '#server/platform/configuration/document.ts';

const everything = `
apiVersion: mlops/v1
kind: Workspace
metadata: {name: churn}
tracking:
  - name: team
    backend: mlflow
    uri: https://mlflow.example.com
    artifactRoot: ./mlartifacts
    workspace: research
    username: ana
    password: "\${{ env.TEAM_PASSWORD }}"
    token: "\${{ env.TEAM_TOKEN }}"
    insecureTls: true
registry: {backend: sqlite, uri: "sqlite:///models.db"}
storage: {type: azure, account: acme, container: models, prefix: churn/}
environments:
  staging: {kubernetes: {context: kind-mlops, namespace: mlops-test}}
monitoring: {prometheus: "http://localhost:9090", grafana: "http://localhost:3000"}
alerting:
  channels: [{name: editor, type: vscode}]
`;

test('what connections are read from is what the schema of the editor knows', () => {
  const checked = workspaceDocument.safeParse(parse(everything));
  expect(checked.error?.issues ?? []).toEqual([]);
  const { document, warnings } = parseWorkspaceDocument(everything, 'mlops.yaml');
  expect(warnings).toEqual([]);
  const { line: _, ...entry } = document?.tracking[0] ?? { line: null };
  // All that is read of an entry was written there, so that no key is read which the schema does not know.
  expect(entry).toEqual(checked.data?.tracking?.[0]);
  expect(Object.values(entry)).not.toContain(undefined);
  expect(document?.registry).toEqual(checked.data?.registry);
  expect(document?.storage).toMatchObject(checked.data?.storage ?? {});
  expect(document?.environments.get('staging')).toMatchObject(
    checked.data?.environments?.staging?.kubernetes ? { kubernetes: checked.data.environments.staging.kubernetes } : {},
  );
  expect(document?.monitoring).toEqual(checked.data?.monitoring);
  expect(document?.channels).toMatchObject(checked.data?.alerting?.channels ?? []);
});
