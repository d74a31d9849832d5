import { describe, expect, it } from 'vitest';
import { commands as registry } from 'vscode';
import { showFileDiff } from '#client/features/models/file-diff.ts';
import type { Server } from '#client/platform/server-connection.ts';

describe('a file of two versions', () => {
  async function show(change: 'same' | 'changed' | 'added' | 'removed') {
    const asked: unknown[] = [];
    const ran: unknown[] = [];
    const server: Pick<Server, 'request'> = {
      request: async (definition, params) => {
        const { selector, path } = Object(params);
        asked.push([definition.method, selector]);
        return definition.result.parse({ file: `/cache/${selector}/${path}` });
      },
    };
    Object.assign(registry, {
      executeCommand: async (id: string, ...args: unknown[]) => {
        ran.push([id, ...args.map(String)]);
      },
    });
    await showFileDiff(server, {
      ...{ folder: 'f', model: 'churn', before: '1.0.0', after: '1.1.0' },
      path: 'x',
      change,
    });
    return { asked, ran };
  }

  it.each(['changed', 'same'] as const)(
    'that is %s is shown in the editor’s diff, and asked for alone',
    async (change) => {
      const { asked, ran } = await show(change);
      expect(asked).toEqual([
        ['models/file', '1.0.0'],
        ['models/file', '1.1.0'],
      ]);
      expect(ran).toEqual([
        ['vscode.diff', 'file:///cache/1.0.0/x', 'file:///cache/1.1.0/x', 'x (churn 1.0.0 ↔ 1.1.0)'],
      ]);
    },
  );

  it.each([
    ['added', '1.1.0'],
    ['removed', '1.0.0'],
  ] as const)('that was %s is opened as %s has it', async (change, selector) => {
    const { asked, ran } = await show(change);
    expect(asked).toEqual([['models/file', selector]]);
    expect(ran).toEqual([['vscode.open', `file:///cache/${selector}/x`]]);
  });
});
