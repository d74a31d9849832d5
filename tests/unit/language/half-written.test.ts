import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Completion, complete } from '#server/language/features/complete.ts';
import { offsetAt } from '#server/language/features/locate.ts';
import { parseSource } from '#server/language/syntax/source.ts';
import { examples } from './fixtures.ts';
import { deployment, marked, monitor, pipeline, workspace } from './marked.ts';

interface Case {
  readonly what: string;
  readonly text: string;
  /** The labels that come first, in this order. */
  readonly first: readonly string[];
  /** What is inserted; the first label where it is left out. */
  readonly insert?: string;
  /** Where the value then is (document, keys, positions of items), and what it is; null for what its author has to fill in. */
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

function completions(text: string): { items: Completion[]; plain: string } {
  const { index, uri, position, text: plain } = marked(text);
  const source = index.get(uri)?.symbols.source ?? parseSource(plain);
  const items = complete(source, position).toSorted((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
  return { items, plain };
}

/** A snippet as it stands once nobody typed anything into it. */
function expanded(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|((?:\\.|[^,|\\])*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$(?:\d+|\{\d+\})/g, '')
    .replace(/\\([\\$},|])/g, '$1');
}

function inserted(plain: string, { replace: { line, start, end }, text }: Completion): string {
  const source = parseSource(plain);
  const from = offsetAt(source, { line, character: start });
  const to = offsetAt(source, { line, character: end });
  return plain.slice(0, from) + expanded(text) + plain.slice(to);
}

function valueAt(text: string, [document, ...path]: readonly (string | number)[]): unknown {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
  const found = Array.isArray(documents) ? documents[Number(document)] : undefined;
  let value: unknown = found?.toJS();
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

const step = (lines: string) => `${pipeline}steps:\n  a:\n    run: x\n${lines}`;

const cases: readonly Case[] = [
  // An empty line
  {
    what: 'an empty line in a step',
    text: step('    ‸'),
    first: ['name', 'needs'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: null,
  },
  {
    what: 'an empty line in a step, with more below',
    text: step('    ‸\n    timeout: 5m\n'),
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  { what: 'an empty line at the top', text: `${pipeline}‸`, first: ['steps'], at: [0, 'steps'], value: null },
  {
    what: 'an empty line at the top, before the steps',
    text: `${pipeline}‸\nsteps: {a: {run: x}}\n`,
    first: ['params'],
    insert: 'seed',
    at: [0, 'seed'],
    value: null,
  },
  {
    what: 'an empty line below an empty key',
    text: `${pipeline}defaults:\n  ‸`,
    first: ['retry', 'timeout'],
    insert: 'shell',
    at: [0, 'defaults', 'shell'],
    value: 'bash',
  },
  {
    what: 'an empty line below an empty key, with a key after it',
    text: `${pipeline}defaults:\n  ‸\nsteps: {a: {run: x}}\n`,
    first: ['retry', 'timeout'],
    insert: 'shell',
    at: [0, 'defaults', 'shell'],
    value: 'bash',
  },
  {
    what: 'an empty line in an item',
    text: `${workspace}tracking:\n  - name: x\n    ‸`,
    first: ['uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'an empty line between items',
    text: `${workspace}tracking:\n  - name: x\n    ‸\n  - name: y\n    uri: z\n`,
    first: ['uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  // A missing colon
  {
    what: 'a word without a colon',
    text: step('    tim‸'),
    first: ['name'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: null,
  },
  {
    what: 'a word without a colon before other keys',
    text: step('    she‸\n    timeout: 5m\n'),
    first: ['name'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a word without a colon above',
    text: step('    nonsense\n    she‸\n'),
    first: ['name'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'nonsense shell'],
    value: 'bash',
  },
  {
    what: 'a word without a colon at the top',
    text: `${pipeline}ste‸\n`,
    first: ['steps'],
    at: [0, 'steps'],
    value: null,
  },
  {
    what: 'a word in an item',
    text: `${workspace}tracking:\n  - name: x\n    back‸\n`,
    first: ['uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  // The middle of a key
  {
    what: 'the middle of a key that has its colon',
    text: step('    ti‸mout: 5m\n'),
    first: ['name'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: '5m',
  },
  {
    what: 'the begin of a key that has its colon',
    text: step('    ‸x: 5m\n'),
    first: ['name'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: '5m',
  },
  {
    what: 'the middle of a key with spaces before its colon',
    text: step('    ti‸mout : 5m\n'),
    first: ['name'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: '5m',
  },
  {
    what: 'the middle of a quoted key',
    text: step('    "ti‸mout": 5m\n'),
    first: ['name'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'timeout'],
    value: '5m',
  },
  // A value
  {
    what: 'an empty value',
    text: step('    shell: ‸\n'),
    first: ['bash', 'sh', 'pwsh', 'cmd', 'python'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value right behind the colon',
    text: step('    shell:‸\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value before a comment',
    text: step('    shell: ‸ # which\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'half a value',
    text: step('    shell: b‸\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'half a value with a rest',
    text: step('    shell: b‸xx\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value after an open quote',
    text: step('    shell: "‸\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value in quotes',
    text: step('    shell: "b‸"\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value in single quotes',
    text: step("    shell: '‸'\n    timeout: 5m\n"),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value on a line of its own',
    text: step('    shell:\n      ‸\n'),
    first: ['bash', 'sh'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a boolean',
    text: step('    continueOnError: ‸\n'),
    first: ['true', 'false'],
    at: [0, 'steps', 'a', 'continueOnError'],
    value: true,
  },
  {
    what: 'the value of a key in an item',
    text: `${workspace}tracking:\n  - backend: ‸\n    name: x\n`,
    first: ['mlflow', 'wandb', 'neptune'],
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  // Items
  {
    what: 'behind a dash',
    text: `${workspace}tracking:\n  - ‸`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'right behind a dash',
    text: `${workspace}tracking:\n  -‸`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'behind a dash before other items',
    text: `${workspace}tracking:\n  - ‸\n  - name: y\n    uri: z\n`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'behind a dash at its key’s column',
    text: `${workspace}tracking:\n- ‸`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'a word behind a dash',
    text: `${workspace}tracking:\n  - bac‸`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'a word behind a dash that becomes the first key of a mapping',
    text: `${workspace}tracking:\n  - bac‸\n    name: x\n`,
    first: ['uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'an item of values',
    text: step('    retry:\n      limit: 1\n      on:\n        - ‸\n'),
    first: ['exitCode', 'timeout', 'failure'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'retry', 'on', 0],
    value: 'timeout',
  },
  {
    what: 'the second item of values',
    text: step('    retry:\n      limit: 1\n      on:\n        - timeout\n        - ev‸\n'),
    first: ['exitCode', 'timeout', 'failure'],
    insert: 'evicted',
    at: [0, 'steps', 'a', 'retry', 'on', 1],
    value: 'evicted',
  },
  {
    what: 'a mapping that becomes a list item',
    text: `${workspace}alerting:\n  channels:\n    - type: slack\n      ‸\n`,
    first: ['name', 'webhook'],
    insert: 'channel',
    at: [0, 'alerting', 'channels', 0, 'channel'],
    value: null,
  },
  {
    what: 'a mapping where a list belongs',
    text: `${workspace}tracking:\n  ‸`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  {
    what: 'a word where a list belongs',
    text: `${workspace}tracking:\n  back‸\n`,
    first: ['name', 'uri', 'backend'],
    insert: 'backend',
    at: [0, 'tracking', 0, 'backend'],
    value: 'mlflow',
  },
  // Brackets
  {
    what: 'an open brace',
    text: step('    retry: {‸'),
    first: ['limit', 'backoff'],
    at: [0, 'steps', 'a', 'retry', 'limit'],
    value: null,
  },
  {
    what: 'braces',
    text: step('    retry: {‸}\n'),
    first: ['limit', 'backoff'],
    at: [0, 'steps', 'a', 'retry', 'limit'],
    value: null,
  },
  {
    what: 'an open brace before other lines',
    text: step('    defaults: x\n    cache: {‸\n    timeout: 5m\n'),
    first: ['enabled', 'key'],
    at: [0, 'steps', 'a', 'cache', 'enabled'],
    value: true,
  },
  {
    what: 'a second key in braces',
    text: step('    cache: {enabled: true, ‸}\n'),
    first: ['key', 'maxAge'],
    at: [0, 'steps', 'a', 'cache', 'key'],
    value: null,
  },
  {
    what: 'a value in braces',
    text: step('    cache: {enabled: ‸}\n'),
    first: ['true', 'false'],
    at: [0, 'steps', 'a', 'cache', 'enabled'],
    value: true,
  },
  {
    what: 'a value in braces, right behind the colon',
    text: step('    cache: {enabled:‸}\n'),
    first: ['true', 'false'],
    at: [0, 'steps', 'a', 'cache', 'enabled'],
    value: true,
  },
  {
    what: 'braces over several lines',
    text: step('    cache: {\n      enabled: true,\n      ‸\n    }\n'),
    first: ['key', 'maxAge'],
    at: [0, 'steps', 'a', 'cache', 'key'],
    value: null,
  },
  {
    what: 'a step in braces',
    text: `${pipeline}steps: {a: {run: x, sh‸}}\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'an item in brackets',
    text: step('    retry: {limit: 1, on: [‸]}\n'),
    first: ['exitCode', 'timeout'],
    insert: 'timeout',
    at: [0, 'steps', 'a', 'retry', 'on', 0],
    value: 'timeout',
  },
  {
    what: 'an open bracket',
    text: step('    retry:\n      limit: 1\n      on: [timeout, ‸\n'),
    first: ['exitCode', 'timeout'],
    insert: 'failure',
    at: [0, 'steps', 'a', 'retry', 'on', 1],
    value: 'failure',
  },
  // Indentation
  { what: 'a tab before the key', text: `${pipeline}defaults:\n\t‸`, first: [], at: [0, 'defaults'], value: null },
  {
    what: 'a dedented line',
    text: step('  ‸\n'),
    first: ['step', 'step with a function', 'step from a file'],
    at: [0, 'steps', 'name', 'run'],
    value: 'python .py',
  },
  {
    what: 'a dedented word',
    text: step('  b‸\n'),
    first: ['step'],
    at: [0, 'steps', 'name', 'run'],
    value: 'python .py',
  },
  {
    what: 'a line dedented to the top',
    text: step('‸\n'),
    first: ['params', 'inputs'],
    insert: 'seed',
    at: [0, 'seed'],
    value: null,
  },
  {
    what: 'a line indented by three',
    text: `${pipeline}steps:\n   a:\n      run: x\n      ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a line indented between two',
    text: step('   ‸\n    timeout: 5m\n'),
    first: [],
    at: [0, 'steps', 'a', 'run'],
    value: 'x',
  },
  {
    what: 'a line deeper than its siblings',
    text: step('      ‸\n'),
    first: [],
    at: [0, 'steps', 'a', 'run'],
    value: 'x',
  },
  // Line breaks, marks, documents
  {
    what: 'CRLF',
    text: step('    ‸\n    timeout: 5m\n').replaceAll('\n', '\r\n'),
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a value with CRLF',
    text: step('    shell: b‸\n').replaceAll('\n', '\r\n'),
    first: ['bash'],
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a byte order mark',
    text: `\uFEFF${step('    ‸\n')}`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a byte order mark on its line',
    text: '\uFEFFki‸',
    first: ['Workspace', 'Pipeline'],
    insert: 'kind',
    at: [0, 'kind'],
    value: 'Workspace',
  },
  {
    what: 'astral characters before it',
    text: step('    env: {"😀": "😀"}\n    cache: {key: "😀", ‸}\n'),
    first: ['enabled', 'maxAge'],
    at: [0, 'steps', 'a', 'cache', 'enabled'],
    value: true,
  },
  {
    what: 'a second document',
    text: `${workspace}---\n${step('    ‸\n')}`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [1, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'a second document that begins',
    text: `${workspace}---\n‸`,
    first: ['Workspace', 'Pipeline', 'Deployment'],
    insert: 'Pipeline',
    at: [1, 'kind'],
    value: 'Pipeline',
  },
  {
    what: 'a first document before another',
    text: `${step('    ‸\n')}---\n${workspace}`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  {
    what: 'the last line of a document before another',
    text: `${pipeline}‸\n---\n${workspace}seed: 1\n`,
    first: ['steps'],
    at: [0, 'steps'],
    value: null,
  },
  {
    what: 'a kind',
    text: 'apiVersion: mlops/v1\nkind: ‸',
    first: ['Workspace', 'Pipeline'],
    at: [0, 'kind'],
    value: 'Workspace',
  },
  // Errors above and below
  {
    what: 'an open quote above',
    text: `${pipeline}seed: "1\nsteps:\n  a:\n    run: x\n    ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'an open brace above',
    text: `${pipeline}env: {A: 1\nsteps:\n  a:\n    run: x\n    ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'an unknown alias above',
    text: `${pipeline}env: *x\nsteps:\n  a:\n    run: x\n    ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'a tab above',
    text: `${pipeline}env:\n\tA: 1\nsteps:\n  a:\n    run: x\n    ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'a broken step above',
    text: `${pipeline}steps:\n  z:\n   run: [\n  a:\n    run: x\n    ‸\n`,
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'a broken line below',
    text: step('    ‸\n   bad\n  b: {run: [}\n'),
    first: ['name', 'needs'],
    insert: 'shell',
    at: [],
    value: undefined,
  },
  {
    what: 'a key twice above',
    text: step('    run: y\n    ‸\n'),
    first: ['name', 'needs'],
    insert: 'shell',
    at: [0, 'steps', 'a', 'shell'],
    value: 'bash',
  },
  // Alternatives
  {
    what: 'keys of the type that is named below',
    text: `${pipeline}params:\n  lr:\n    ‸\n    type: number\n`,
    first: ['default', 'enum', 'minimum'],
    insert: 'minimum',
    at: [0, 'params', 'lr', 'minimum'],
    value: null,
  },
  {
    what: 'keys of the type that is named in quotes',
    text: `${pipeline}params:\n  lr:\n    type: "number"\n    ‸\n`,
    first: ['default', 'enum', 'minimum'],
    insert: 'minimum',
    at: [0, 'params', 'lr', 'minimum'],
    value: null,
  },
  {
    what: 'types of a param',
    text: `${pipeline}params:\n  lr:\n    type: ‸\n`,
    first: ['string', 'number', 'integer', 'boolean'],
    at: [0, 'params', 'lr', 'type'],
    value: 'string',
  },
  {
    what: 'a strategy',
    text: `${deployment}strategy:\n  ‸\n`,
    first: ['rolling', 'canary'],
    insert: 'canary',
    at: [0, 'strategy', 'canary', 'steps', 0],
    value: null,
  },
  {
    what: 'a step of a canary',
    text: `${deployment}strategy:\n  canary:\n    steps:\n      - ‸\n`,
    first: ['weight'],
    at: [0, 'strategy', 'canary', 'steps', 0, 'weight'],
    value: null,
  },
  {
    what: 'a method of a drift check',
    text: `${monitor}drift:\n  columns:\n    tenure: {method: ‸}\n`,
    first: ['ks'],
    at: [0, 'drift', 'columns', 'tenure', 'method'],
    value: 'ks',
  },
];

describe('completion in half-written documents', () => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', (_, { text, first, insert, at, value }) => {
    const { items, plain } = completions(text);
    expect(items.slice(0, first.length).map(({ label }) => label)).toEqual(first);
    if (first.length === 0) {
      expect(items).toEqual([]);
      return;
    }
    const item = items.find(({ label }) => label === (insert ?? first[0]));
    expect(item).toBeDefined();
    if (item && at.length > 0) expect(valueAt(inserted(plain, item), at)).toEqual(value);
  });

  it.each([
    ['a comment', step('    # ‸\n')],
    ['a comment behind a value', step('    timeout: 5m # ‸\n')],
    ['a literal text', step('    env: {}\n').replace('run: x', 'run: |\n      ‸')],
    ['a folded text with a colon', step('').replace('run: x', 'run: >\n      a:\n      ‸')],
    ['the line that begins a document', `${workspace}---‸\n`],
    ['a text of several words', step('    not a key‸\n')],
  ])('offers nothing in %s', (_, text) => {
    expect(completions(text).items.map(({ label }) => label)).toEqual([]);
  });
});

describe('completion of what stood in the examples', () => {
  const keyLine = /^( *(?:- )*)([A-Za-z]\w*):(?=\s|$)(.*)$/;
  const lines = examples.flatMap((text) => {
    const all = text.split('\n');
    return all.flatMap((line, at) => (keyLine.test(line) && !isHead(line) ? [{ all, at }] : []));
  });

  /** A head decides what a document may hold. */
  function isHead(line: string): boolean {
    return /^(?:apiVersion|kind):/.test(line);
  }

  it('offers each key again once half of it and all behind it are gone, and puts it where it was', () => {
    let offered = 0;
    for (const { all, at } of lines) {
      const [, lead = '', key = ''] = keyLine.exec(all[at] ?? '') ?? [];
      const half = `${lead}${key.slice(0, Math.ceil(key.length / 2))}`;
      const nested = nestedBelow(all, at, lead.length);
      const text = [...all.slice(0, at), `${half}‸`, ...all.slice(at + 1 + nested)].join('\n');
      const { items, plain } = completions(text);
      const item = items.find(({ label }) => label === key);
      if (!item) {
        // Names of the author's own are not known any more: no key can be.
        expect(
          items.filter(({ kind }) => kind === 'key').map(({ label }) => label),
          text,
        ).toEqual([]);
        continue;
      }
      offered++;
      const line = inserted(plain, item).split('\n')[at] ?? '';
      expect(line.startsWith(`${lead}${key}:`), `${line} in ${text}`).toBe(true);
    }
    expect(offered).toBeGreaterThan(lines.length / 2);
  });

  function nestedBelow(all: readonly string[], at: number, column: number): number {
    let count = 0;
    for (const line of all.slice(at + 1)) {
      if (line.trim() !== '' && line.search(/\S/) <= column) break;
      count++;
    }
    return count;
  }
});
