import { DidChangeConfigurationNotification, type InitializeParams } from 'vscode-languageserver/node';
import { type LanguageSettings, languageSettings } from '#schemas/protocol/language-settings.ts';
import { isCode, type Severities } from '../language/diagnostics/severities.ts';
import type { LanguageContext } from './language-context.ts';

/** Where editors keep our settings. */
const section = 'mlops';

export interface SettingsOfLanguage {
  readonly current: LanguageSettings;
  configure(params: InitializeParams): void;
  initialized(): void;
  /** They came another way than by the protocol's own. */
  replace(settings: LanguageSettings): void;
}

/**
 * The person's settings of language features: from `initializationOptions.settings`, and where the client can be asked,
 * or says that they changed, from its section `mlops`.
 */
export function registerLanguageSettings(
  { connection, workspace }: Pick<LanguageContext, 'connection' | 'workspace'>,
  onChanged: () => void,
): SettingsOfLanguage {
  let current = languageSettings.parse({});
  let canAsk = false;
  let canRegister = false;
  let canRefreshHints = false;

  const replace = (settings: LanguageSettings) => {
    if (JSON.stringify(settings) === JSON.stringify(current)) return;
    const hintsBefore = JSON.stringify(current.inlayHints);
    current = settings;
    const severities = severitiesOf(settings);
    for (const code of severities.keys()) {
      if (!isCode(code)) connection.console.warn(`mlops.diagnostics.severity: no problem has the code ${code}.`);
    }
    workspace.setSeverities(severities);
    if (canRefreshHints && JSON.stringify(settings.inlayHints) !== hintsBefore)
      void connection.languages.inlayHint.refresh();
    onChanged();
  };
  const read = (value: unknown) => {
    const parsed = languageSettings.safeParse(value ?? undefined);
    if (parsed.success) replace(parsed.data);
  };
  const ask = async () => {
    try {
      read(await connection.workspace.getConfiguration(section));
    } catch (error) {
      connection.console.warn(`The editor gave no settings: ${String(error)}`);
    }
  };
  connection.onDidChangeConfiguration(({ settings }: { settings: unknown }) => {
    if (canAsk) void ask();
    else if (typeof settings === 'object' && settings !== null) read(Reflect.get(settings, section));
  });

  return {
    get current() {
      return current;
    },
    configure({ capabilities: { workspace: can }, initializationOptions }) {
      canAsk = can?.configuration === true;
      canRegister = can?.didChangeConfiguration?.dynamicRegistration === true;
      canRefreshHints = can?.inlayHint?.refreshSupport === true;
      const options: unknown = initializationOptions;
      if (typeof options === 'object' && options !== null && 'settings' in options) read(options.settings);
    },
    initialized() {
      if (canRegister) void connection.client.register(DidChangeConfigurationNotification.type, { section });
      if (canAsk) void ask();
    },
    replace,
  };
}

function severitiesOf({ diagnostics }: LanguageSettings): Severities {
  return new Map(
    Object.entries(diagnostics.severity).flatMap(([code, choice]) =>
      choice === null ? [] : [[code, choice] as const],
    ),
  );
}
