import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandId, commands, itemCommands } from '#client/contributions/commands.ts';
import { contexts } from '#client/contributions/contexts.ts';
import { settingsSection, settingsTable } from '#client/contributions/settings.ts';
import { panelTypes, viewContainer, views } from '#client/contributions/views.ts';
import { serverSettings } from '#client/platform/settings.ts';
import { settings } from '#schemas/protocol/workspace.ts';
import { diagnosticCodes } from '#server/language/diagnostics/diagnostic.ts';
import { bundlePath, bundleText, collectMessages } from '../../../scripts/l10n.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const menuItem = z.object({ command: z.string(), when: z.string().optional(), group: z.string().optional() });
const manifest = z
  .object({
    activationEvents: z.array(z.string()),
    main: z.string(),
    icon: z.string(),
    extensionKind: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({ supported: z.string(), restrictedConfigurations: z.array(z.string()) }),
    }),
    contributes: z.object({
      commands: z.array(
        z.object({
          command: z.string(),
          category: z.string(),
          title: z.string(),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      menus: z.record(z.string(), z.array(menuItem)),
      viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), when: z.string(), contents: z.string() })),
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({
            default: z.unknown(),
            scope: z.string(),
            order: z.number(),
            markdownDescription: z.string(),
            enum: z.array(z.string()).optional(),
            markdownEnumDescriptions: z.array(z.string()).optional(),
            propertyNames: z.object({ enum: z.array(z.string()) }).optional(),
          }),
        ),
      }),
      configurationDefaults: z.record(z.string(), z.record(z.string(), z.unknown())),
      yamlValidation: z.array(z.object({ fileMatch: z.array(z.string()), url: z.string() })),
      walkthroughs: z.array(
        z.object({
          steps: z.array(
            z.object({
              description: z.string(),
              media: z.object({ markdown: z.string() }),
              completionEvents: z.array(z.string()),
            }),
          ),
        }),
      ),
    }),
  })
  .parse(JSON.parse(read('package.json')));
const nls = z.record(z.string(), z.string()).parse(JSON.parse(read('package.nls.json')));

const { contributes } = manifest;
const commandIds: readonly string[] = Object.values(commands);
const text = (key: string) => nls[key.replaceAll('%', '')] ?? key;
const whenClauses = [
  ...Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when ?? '')),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement ?? ''),
];

describe('the manifest', () => {
  it('declares exactly the commands that are handled, in one category', () => {
    expect(contributes.commands.map(({ command }) => command).toSorted()).toEqual(commandIds.toSorted());
    expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['MLOps']));
  });

  it('leaves commands that need an item out of the palette, and no others', () => {
    const hidden = (contributes.menus.commandPalette ?? []).filter(({ when }) => when === 'false');
    expect(new Set(hidden.map(({ command }) => command))).toEqual(new Set<string>(itemCommands));
  });

  it('shows a command in the palette when it is enabled, and only then', () => {
    const palette = new Map((contributes.menus.commandPalette ?? []).map(({ command, when }) => [command, when]));
    for (const { command, enablement } of contributes.commands) {
      const isItemCommand = [...itemCommands].some((id: CommandId) => id === command);
      if (!isItemCommand) expect(palette.get(command), command).toBe(enablement);
    }
  });

  it('names known commands, views and context keys only', () => {
    for (const { command } of Object.values(contributes.menus).flat()) expect(commandIds).toContain(command);
    const known: readonly string[] = [...Object.values(views), ...Object.values(contexts)];
    for (const clause of whenClauses) {
      for (const [name] of clause.matchAll(/\bmlops\.\w+/g)) expect(known).toContain(name);
    }
    const links = [...contributes.viewsWelcome.map(({ contents }) => text(contents)), ...stepTexts()];
    const focus = Object.values(views).map((view) => `${view}.focus`);
    for (const [, id] of links.join('\n').matchAll(/\(command:(mlops\.[\w.]+)\)/g)) {
      expect([...commandIds, ...focus]).toContain(id);
    }
  });

  it('shows at most three inline icons on an item', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter(({ group }) => group?.startsWith('inline'));
    const items = ['run plain shown link', 'run starred hidden', 'experiment link', 'error sign-in', 'error'];
    for (const item of items) {
      const icons = inline.filter(({ when }) => matches(when ?? '', 'mlops.experiments', item));
      expect(icons.length, item).toBeLessThanOrEqual(3);
      for (const { command } of icons) {
        expect(contributes.commands.find((one) => one.command === command)?.icon, command).toMatch(/^\$\([\w-]+\)$/);
      }
    }
  });

  it('has a description, a scope and a place of its own for each setting, and the defaults of the code', () => {
    const { properties } = contributes.configuration;
    const table = Object.entries(settingsTable).map(
      ([key, setting]) => [`${settingsSection}.${key}`, setting] as const,
    );
    expect(Object.keys(properties).toSorted()).toEqual(table.map(([key]) => key).toSorted());
    for (const [key, { default: value, scope }] of table) {
      expect(properties[key], key).toMatchObject({ default: value, scope });
      expect(text(properties[key]?.markdownDescription ?? ''), key).toMatch(/\w{3}/);
    }
    expect(new Set(Object.values(properties).map(({ order }) => order)).size).toBe(table.length);
    for (const { enum: values, markdownEnumDescriptions } of Object.values(properties)) {
      expect(markdownEnumDescriptions?.length).toBe(values?.length);
    }
  });

  it('knows every code that a severity can be given to', () => {
    const names = contributes.configuration.properties['mlops.diagnostics.severity']?.propertyNames?.enum;
    expect(names).toEqual(['*', ...Object.keys(diagnosticCodes)]);
  });

  it('mirrors the settings that the server is told', () => {
    const defaults = settings.parse({});
    expect(serverSettings((key) => contributes.configuration.properties[`mlops.${key}`]?.default)).toEqual(defaults);
    const leavesOf = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
        : [path];
    const leaves = leavesOf(settings.parse({}), '');
    for (const key of leaves) expect(Object.keys(settingsTable)).toContain(key);
  });

  it('keeps settings that say where to connect out of untrusted workspaces', () => {
    const restricted = Object.entries(settingsTable).filter(([, setting]) => setting.restricted);
    const { untrustedWorkspaces } = manifest.capabilities;
    expect(untrustedWorkspaces.supported).toBe('limited');
    expect(untrustedWorkspaces.restrictedConfigurations.toSorted()).toEqual(
      restricted.map(([key]) => `${settingsSection}.${key}`).toSorted(),
    );
  });

  it('is activated by what it is about, never by everything', () => {
    for (const event of manifest.activationEvents) {
      expect(event).toMatch(
        /^(onLanguage:(mlops|yaml)|onUri|onWebviewPanel:mlops\.\w+|workspaceContains:.*(mlops|mlflow|mlruns).*)$/,
      );
    }
    for (const type of Object.values(panelTypes)) expect(manifest.activationEvents).toContain(`onWebviewPanel:${type}`);
    expect(manifest.extensionKind).toEqual(['workspace']);
  });

  it('has the container and the views of the code', () => {
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([viewContainer]);
    expect((contributes.views[viewContainer] ?? []).map(({ id }) => id)).toEqual(Object.values(views));
  });

  it('lets the server indent new lines of our documents', () => {
    expect(contributes.configurationDefaults['[mlops]']).toMatchObject({
      'editor.formatOnType': true,
      'editor.insertSpaces': true,
    });
  });

  it('names files that exist', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.yamlValidation.map(({ url }) => url),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('has a text for every placeholder, and no text that nothing asks for', () => {
    const asked = [...read('package.json').matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key);
    expect(new Set(asked)).toEqual(new Set(Object.keys(nls)));
  });
});

describe('the bundle of texts', () => {
  it('has every text that the client says', () => {
    expect(read(bundlePath)).toBe(bundleText(collectMessages(root)));
  });
});

function stepTexts(): string[] {
  return contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => text(description)));
}

/** Whether a `when` clause of the item menus holds, as far as view and item go. */
function matches(when: string, view: string, item: string): boolean {
  return when.split(' && ').every((part) => {
    const [, pattern] = /^viewItem =~ \/(.+)\/$/.exec(part) ?? [];
    if (pattern !== undefined) return new RegExp(pattern).test(item);
    const [, named] = /^view == (.+)$/.exec(part) ?? [];
    return named === undefined || named === view;
  });
}
