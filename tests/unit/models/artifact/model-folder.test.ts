import { describe, expect, it } from 'vitest';
import { parseMlmodel } from '#server/models/artifact/mlmodel.ts';
import { readModelCard } from '#server/models/artifact/model-card.ts';
import { condaRequirements, requirementLines, virtualenvRequirements } from '#server/models/artifact/requirements.ts';
import { toFailure } from '#server/platform/failure.ts';

function mlmodel(signature: Readonly<Record<'inputs' | 'outputs' | 'params', unknown>>): string {
  const parts = Object.entries(signature).map(([part, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `  ${part}: ${value === null ? 'null' : `'${text.replaceAll("'", "''")}'`}\n`;
  });
  return `flavors:\n  sklearn: {}\nsignature:\n${parts.join('')}`;
}

function refusal(source: string): ReturnType<typeof toFailure> {
  try {
    parseMlmodel(source);
  } catch (error) {
    return toFailure(error);
  }
  return expect.fail('nothing was refused');
}

describe('an MLmodel file', () => {
  it.each([
    ['flavors:\n  python_function: {}\n  xgboost: {}\n', ['python_function', 'xgboost'], 'xgboost'],
    ['flavors: {python_function: {loader_module: x}}', ['python_function'], 'python_function'],
    ['flavors: {}', [], null],
    ['run_id: abc', [], null],
  ])('%j', (source, flavors, framework) => {
    expect(parseMlmodel(source)).toEqual({ flavors, framework, signature: null });
  });

  it('of an early MLflow says dtype and optional', () => {
    const { signature } = parseMlmodel(
      mlmodel({
        inputs: [{ name: 'a', type: 'long', optional: true }, { type: 'string' }],
        outputs: null,
        params: [{ name: 'k', dtype: 'long', default: 1, shape: null }],
      }),
    );
    expect(signature).toEqual({
      inputs: [
        { name: 'a', type: 'long', shape: null, required: false },
        { name: null, type: 'string', shape: null, required: true },
      ],
      outputs: null,
      params: [{ name: 'k', type: 'long', shape: null, required: false }],
    });
  });

  it('may have names that every JavaScript object has', () => {
    const properties = { constructor: { type: 'string' }, hasOwnProperty: { type: 'long' } };
    const inputs = [{ type: 'object', properties, name: 'toString' }];
    const { signature } = parseMlmodel(mlmodel({ inputs, outputs: null, params: null }));
    expect(signature?.inputs?.[0]).toMatchObject({
      name: 'toString',
      type: 'object{constructor: string, hasOwnProperty: long}',
    });
  });

  const nested = `${'{"type":"array","items":'.repeat(5000)}{"type":"long"}${'}'.repeat(5000)}`;
  const damaged: readonly (readonly [what: string, source: string, says: string])[] = [
    ['no YAML', 'flavors:\n  a: [1\n', 'line 3'],
    ['two keys of one name', 'flavors: {}\nflavors: {}\n', 'line 2'],
    ['no map', '- 1\n', 'expected'],
    ['empty', '', 'expected'],
    ['with a list of flavours', 'run_id: a\nflavors:\n- sklearn\n', 'line 3, flavors'],
    ['with a signature that is a text', 'flavors: {}\nsignature: yes\n', 'line 2, signature'],
    [
      'with inputs that are no JSON',
      mlmodel({ inputs: '[{', outputs: null, params: null }),
      'signature.inputs: it is no JSON',
    ],
    ['with inputs that are no list', mlmodel({ inputs: {}, outputs: null, params: null }), 'signature.inputs: '],
    [
      'with a column without a type',
      mlmodel({ inputs: [{ type: 'long' }, { name: 'a' }], outputs: null, params: null }),
      'signature.inputs[1].type: ',
    ],
    [
      'with an array of nothing',
      mlmodel({ inputs: [{ type: 'array' }], outputs: null, params: null }),
      'signature.inputs[0].items: the type array needs items',
    ],
    [
      'with an array of an array of nothing',
      mlmodel({ inputs: null, outputs: [{ type: 'map', values: { type: 'array' } }], params: null }),
      'signature.outputs[0].values.items: ',
    ],
    [
      'with a tensor without a shape',
      mlmodel({ inputs: [{ type: 'tensor', 'tensor-spec': { dtype: 'int8' } }], outputs: null, params: null }),
      'signature.inputs[0].tensor-spec.shape: ',
    ],
    [
      'with a param without a type',
      mlmodel({ inputs: null, outputs: null, params: [{ name: 'k', default: 1 }] }),
      'signature.params[0].type: it has no type',
    ],
    [
      'that nests without end',
      mlmodel({ inputs: `[${nested}]`, outputs: null, params: null }),
      'signature.inputs: it nests deeper than 100 levels',
    ],
    ['with brackets without end', `flavors: ${'['.repeat(20_000)}`, 'MLmodel'],
    [
      'with aliases without end',
      `a: &a [x,x]\n${[...'bcdefghij'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join()}]\n`).join('')}flavors: {j: *j}`,
      'alias',
    ],
  ];

  it.each(damaged)('%s is refused, with its place', (_, source, says) => {
    const { reason, message, remedy } = refusal(source);
    expect(reason).toBe('input');
    expect(message).toMatch(/^The file MLmodel can’t be read: /);
    expect(message).toContain(says);
    expect(remedy).not.toBeNull();
  });
});

describe('a model card', () => {
  it.each([
    ['---\nlicense: apache-2.0\nlibrary_name: transformers\n---\n# Card\n', '# Card\n', 'Apache-2.0', 'transformers'],
    ['---\r\nlicense: mit\r\n---\r\ntext', 'text', 'MIT', null],
    ['---\nlicense: other\nlicense_name: llama3\n---\n', '', 'llama3', null],
    ['---\nlicense: other\n---\n', '', 'other', null],
    ['---\nlicense: [mit, apache-2.0]\n---\n', '', 'MIT OR Apache-2.0', null],
    ['---\ntags: [a]\n---\n', '', null, null],
    ['# Card without front matter\n', '# Card without front matter\n', null, null],
    ['---\n\nA line, then text\n\n---\n', '---\n\nA line, then text\n\n---\n', null, null],
    ['---\nlicense: [unclosed\n---\ntext', '---\nlicense: [unclosed\n---\ntext', null, null],
    ['---\nlicense: mit\n', '---\nlicense: mit\n', null, null],
    ['', '', null, null],
  ])('%j', (source, body, licence, library) => {
    expect(readModelCard(source)).toEqual({ body, licence, library });
  });
});

describe('requirements', () => {
  it('are the lines of requirements.txt without comments', () => {
    const source =
      'mlflow==3.17.2\r\n\n# why\nnumpy>=2  # fast\nmine @ https://example.org/mine.zip#sha256=ab\n-r more.txt';
    expect(requirementLines(source)).toEqual([
      'mlflow==3.17.2',
      'numpy>=2',
      'mine @ https://example.org/mine.zip#sha256=ab',
      '-r more.txt',
    ]);
  });

  it('are what pip installs by the file of an environment', () => {
    const conda = 'dependencies:\n- python=3.11\n- pip<=23\n- pip:\n  - numpy==2\n  - pandas\n';
    expect(condaRequirements(conda)).toEqual(['numpy==2', 'pandas']);
    const virtualenv =
      'python: 3.11.7\nbuild_dependencies: [pip]\ndependencies:\n- -r requirements.txt\n- python-dateutil\n';
    expect(virtualenvRequirements(virtualenv)).toEqual(['python-dateutil']);
  });

  it('are none where such a file is something else', () => {
    for (const source of ['', '- a', 'dependencies: x', '{', 'dependencies: [1, {pip: 3}]']) {
      expect([...condaRequirements(source), ...virtualenvRequirements(source)]).toEqual([]);
    }
  });
});
