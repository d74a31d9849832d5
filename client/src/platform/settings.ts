import { ecosystems } from '#schemas/domain/ecosystem.ts';
import { type Settings, settings } from '#schemas/protocol/workspace.ts';
import { type SettingKey, settingsTable } from '../contributions/settings.ts';

/** Reads one value of VS Code's configuration, whatever a person wrote there. */
export type ReadSetting = (key: string) => unknown;

/** The settings the server is told. A value that makes no sense falls back to its default, and `onInvalid` hears of it. */
export function serverSettings(read: ReadSetting, onInvalid: (key: SettingKey) => void = () => {}): Settings {
  const accepted = (key: SettingKey, wrap: (value: unknown) => unknown): unknown => {
    const value = read(key);
    if (value === undefined || settings.safeParse(wrap(value)).success) return value;
    onInvalid(key);
    return settingsTable[key].default;
  };
  return settings.parse({
    tracking: { uri: accepted('tracking.uri', (uri) => ({ tracking: { uri } })) },
    experiments: {
      pageSize: accepted('experiments.pageSize', (pageSize) => ({ experiments: { pageSize } })),
      refreshSeconds: accepted('experiments.refreshSeconds', (refreshSeconds) => ({ experiments: { refreshSeconds } })),
    },
    monitoring: { schedules: accepted('monitoring.schedules', (schedules) => ({ monitoring: { schedules } })) },
    http: {
      timeoutSeconds: accepted('http.timeoutSeconds', (timeoutSeconds) => ({ http: { timeoutSeconds } })),
      proxy: accepted('http.proxy', (proxy) => ({ http: { proxy } })),
    },
    diagnostics: { severity: read('diagnostics.severity') },
    codeLens: { enabled: read('codeLens.enabled') },
    inlayHints: {
      schedules: read('inlayHints.schedules'),
      durations: read('inlayHints.durations'),
      values: read('inlayHints.values'),
      matrix: read('inlayHints.matrix'),
    },
    ecosystem: Object.fromEntries(
      ecosystems.map((name) => [
        name,
        { enabled: accepted(`ecosystem.${name}.enabled`, (enabled) => ({ ecosystem: { [name]: { enabled } } })) },
      ]),
    ),
  });
}

/**
 * VS Code's own proxy and certificate settings (`http.*`) as the environment that the backend starts with. A setting
 * that is empty leaves the environment the editor itself was started with alone.
 */
export function proxyEnvironment(read: ReadSetting): Record<string, string> {
  const environment: Record<string, string> = {};
  if (read('systemCertificates') !== false) environment.NODE_USE_SYSTEM_CA = '1';
  if (read('proxySupport') === 'off') return environment;
  const proxy = read('proxy');
  if (typeof proxy === 'string' && proxy !== '') {
    environment.HTTP_PROXY = proxy;
    environment.HTTPS_PROXY = proxy;
  }
  const noProxy = read('noProxy');
  if (Array.isArray(noProxy) && noProxy.length > 0) environment.NO_PROXY = noProxy.map(String).join(',');
  return environment;
}
