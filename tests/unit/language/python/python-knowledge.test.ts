import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PythonKnowledge } from '#server/language/python/python-knowledge.ts';
import { PythonModules } from '#server/language/python/python-modules.ts';
import { parseSource } from '#server/language/syntax/source.ts';

const text = `apiVersion: mlops/v1
kind: Pipeline
metadata: {name: p}
steps:
  train:
    entrypoint: train.py:main
    with: {rate: 1}
`;

describe('what is known of the Python of many files', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is found a few files at a time, the one asked for last first', async () => {
    const looked: string[] = [];
    let open = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const source = parseSource(text);
    const files = Array.from({ length: 40 }, (_, index) => `file:///w/${index}/p.mlops.yaml`);
    const failures: unknown[] = [];
    const knowledge = new PythonKnowledge({
      modules: new PythonModules({
        async read() {
          most = Math.max(most, ++open);
          await new Promise<void>((done) => waiting.push(done));
          open--;
          return null;
        },
      }),
      fileAt: (uri) => ({
        identity: source,
        python: null,
        source: () => {
          looked.push(uri);
          return source;
        },
      }),
      onNews: () => undefined,
      onFailure: (error) => failures.push(error),
    });
    for (const uri of files) knowledge.known(uri, { identity: source, python: null, source: () => source });
    vi.advanceTimersByTime(1000);
    expect(looked.length).toBe(4);
    knowledge.known('file:///w/edited.mlops.yaml', { identity: source, python: null, source: () => source });
    vi.advanceTimersByTime(1000);
    while (looked.length < 41 || open > 0) {
      for (const done of waiting.splice(0)) done();
      await turn();
    }
    expect(most).toBe(4);
    expect(looked[4]).toBe('file:///w/edited.mlops.yaml');
    expect(new Set(looked).size).toBe(41);
    expect(failures).toEqual([]);
  });

  it('is not looked for in a file none of whose Python is there', async () => {
    const read: string[] = [];
    const there = new Map([['file:///w/there.py', 'def main(rate: str): ...\n']]);
    const source = parseSource(text.replace('train.py', 'there.py'));
    const python: Record<string, readonly string[]> = {
      'file:///w/without.mlops.yaml': ['gone.py'],
      'file:///w/none.mlops.yaml': [],
      'file:///w/with.mlops.yaml': ['gone.py', 'there.py'],
    };
    const fileAt = (uri: string) => ({
      identity: source,
      python: python[uri] ?? null,
      source: () => {
        read.push(uri);
        return source;
      },
    });
    const told = new Promise<string>((onNews) => {
      const knowledge = new PythonKnowledge({
        modules: new PythonModules({ read: async (uri) => there.get(uri) ?? null }),
        ...{ fileAt, onNews, onFailure: () => undefined },
      });
      for (const uri of Object.keys(python).reverse()) knowledge.known(uri, fileAt(uri));
    });
    vi.advanceTimersByTime(1000);
    expect(await told).toBe('file:///w/with.mlops.yaml');
    expect(read).toEqual(['file:///w/with.mlops.yaml']);
  });
});
