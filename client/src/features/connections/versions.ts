import { type ExtensionContext, env, UIKind, version } from 'vscode';

/** What a bug report has to tell of this side: the extension, the editor and where its extensions run. */
export function clientVersions({ extension }: Pick<ExtensionContext, 'extension'>): string[] {
  const { packageJSON: manifest }: { readonly packageJSON: unknown } = extension;
  const own =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const place = env.uiKind === UIKind.Web ? 'in the browser' : 'on the desktop';
  const host = env.remoteName === undefined ? `host ${env.appHost}` : `remote ${env.remoteName}`;
  return [
    `${extension.id} ${own}`,
    `${env.appName} ${version} ${place}, ${host}`,
    `Extension host: Node ${process.versions.node}, ${process.platform} ${process.arch}`,
  ];
}
