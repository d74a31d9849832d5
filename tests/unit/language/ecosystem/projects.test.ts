import { describe, expect, it } from 'vitest';
import { opened, problems } from './workspace.ts';

describe('MLproject', () => {
  it('may use in its command what it declares, as Python formats text', () => {
    const entry = (command: string) =>
      `entry_points:\n  main:\n    parameters:\n      alpha: float\n      data: {type: path, default: a.csv}\n    command: ${command}\n`;
    expect(problems({ MLproject: entry('"python train.py {alpha} {data!r} {alpha:.3f} {{x}}"') })).toEqual([]);
    expect(problems({ MLproject: entry('"python train.py {alpah} {data}"') })).toEqual(['ecosystem-reference alpah']);
    // Braces that are not Python's make the whole command something else.
    expect(problems({ MLproject: entry("'jq {a: 1} {beta'") })).toEqual([]);
  });

  it('names the environment that is there, and one only', () => {
    const main = 'entry_points:\n  main: {command: python a.py}\n';
    expect(problems({ MLproject: `conda_env: conda.yaml\n${main}`, 'conda.yaml': '' })).toEqual([]);
    expect(problems({ MLproject: `conda_env: conda.yaml\n${main}` })).toEqual(['ecosystem-missing-file conda.yaml']);
    expect(problems({ MLproject: `python_env: p.yaml\ndocker_env: {image: a}\n${main}`, 'p.yaml': '' })).toEqual([
      'ecosystem-form docker_env',
    ]);
    expect(problems({ MLproject: `docker_env: {volumes: []}\n${main}` })).toEqual([
      'ecosystem-missing-key {volumes: []}',
    ]);
  });

  it('links the environment and the scripts, and leads from a placeholder to its parameter', () => {
    const files = {
      MLproject:
        'conda_env: conda.yaml\nentry_points:\n  main:\n    parameters: {alpha: float}\n    command: python src/train.py {al‸pha}\n',
      'conda.yaml': '',
      'src/train.py': '',
    };
    const { documents, uri, position } = opened(files);
    expect(documents.links(uri).map(({ target }) => target)).toEqual([
      'file:///ws/conda.yaml',
      'file:///ws/src/train.py',
    ]);
    expect(documents.definition(uri, position)).toEqual([
      { uri, range: { startLine: 3, startCharacter: 17, endLine: 3, endCharacter: 22 } },
    ]);
  });

  it('completes keys and explains them', () => {
    const key = opened({ MLproject: 'name: a\nentry_points:\n  main:\n    com‸\n' });
    expect(key.documents.complete(key.uri, key.position).map(({ label }) => label)).toContain('command');
    const hovered = opened({ MLproject: 'entry_points:\n  main:\n    com‸mand: python a.py\n' });
    expect(hovered.documents.hover(hovered.uri, hovered.position)?.text).toContain('stands for a parameter');
  });
});

describe('conda environments', () => {
  it('are told from other files of that name', () => {
    expect(problems({ 'environment.yml': 'name: a\nchannels: conda-forge\ndependencies: [python=3.12]\n' })).toEqual([
      'ecosystem-type conda-forge',
    ]);
    expect(problems({ 'environment.yml': 'channels: 3\nanything: else\n' })).toEqual([]);
    expect(problems({ 'python_env.yaml': 'python: 3.12\ndependencies:\n  - {-r: a}\n' })).toEqual([]);
  });

  it('name requirements that are there', () => {
    const text = 'dependencies:\n  - pip\n  - pip:\n      - -r requirements.txt\n      - numpy\n';
    expect(problems({ 'conda.yaml': text, 'requirements.txt': '' })).toEqual([]);
    expect(problems({ 'conda.yaml': text })).toEqual(['ecosystem-missing-file -r requirements.txt']);
  });
});

describe('dvc.yaml', () => {
  const stage = (body: string) => `stages:\n  train:\n    cmd: python train.py\n${body.replace(/^/gm, '    ')}`;

  it('finds its params in params.yaml', () => {
    const files = (body: string) => ({
      'dvc.yaml': stage(body),
      'params.yaml': 'lr: 0.1\ntrain: {epochs: 3, layers: [8, 16]}\n',
      'other.json': '{"seed": 1}',
    });
    expect(problems(files('params: [lr, train.epochs, train.layers.0, other.json: [seed]]'))).toEqual([]);
    expect(problems(files('params: [lrr, train.epoch, other.json: [sed]]'))).toEqual([
      'ecosystem-reference lrr',
      'ecosystem-reference train.epoch',
      'ecosystem-reference sed',
    ]);
    // What is in a file of Python or TOML, or in one that is not there, is not known.
    expect(problems({ 'dvc.yaml': stage('params: [lr, other.toml: [a], config.py: [b]]') })).toEqual([]);
  });

  it('fills in what vars and params.yaml have, and items where there are any', () => {
    const text = (cmd: string, rest = '') =>
      `vars:\n  - {models: {a: {depth: 3}}}\n  - more.yaml\nstages:\n  train:\n    cmd: ${cmd}\n${rest}`;
    const files = (cmd: string) => ({
      'dvc.yaml': text(cmd),
      'params.yaml': 'lr: 0.1\n',
      'more.yaml': 'seed: [1, 2]\n',
    });
    expect(problems(files('a ${lr} ${models.a.depth} ${models[a].depth} ${seed[0]} \\${HOME}'))).toEqual([]);
    expect(problems(files('a ${lrr} ${item}'))).toEqual(['ecosystem-reference ${lrr}', 'ecosystem-reference ${item}']);
    const each = (cmd: string) => ({
      'dvc.yaml': `stages:\n  train:\n    foreach: [1, 2]\n    do: {cmd: "${cmd}"}\n  grid:\n    matrix: {a: [1]}\n    cmd: b \${item.a} \${key}\n`,
    });
    expect(problems(each('a ${item}'))).toEqual([]);
    expect(problems(each('a ${itm}'))).toEqual(['ecosystem-reference ${itm}']);
    expect(problems({ 'dvc.yaml': 'vars: [a.toml]\nstages:\n  a: {cmd: "x ${y}"}\n' })).toEqual([]);
  });

  it('has outputs of one stage each, and no circles', () => {
    const two = (a: string, b: string) => ({ 'dvc.yaml': `stages:\n  a: {cmd: x, ${a}}\n  b: {cmd: y, ${b}}\n` });
    expect(problems(two('outs: [m]', 'deps: [m]'))).toEqual([]);
    expect(problems(two('outs: [m]', 'outs: [./m: {cache: false}]'))).toEqual(['ecosystem-duplicate ./m']);
    expect(problems(two('wdir: p, outs: [m]', 'outs: [m]'))).toEqual([]);
    expect(problems(two('outs: [m], deps: [n/f]', 'outs: [n], deps: [m]'))).toEqual(['ecosystem-cycle a']);
  });

  it('leads from an interpolation into params.yaml', () => {
    const { documents, uri, position } = opened({
      'dvc.yaml': 'stages:\n  train:\n    cmd: python train.py ${train.e‸pochs}\n',
      'params.yaml': 'lr: 1\ntrain:\n  epochs: 3\n',
    });
    expect(documents.definition(uri, position)).toEqual([
      { uri: 'file:///ws/params.yaml', range: { startLine: 2, startCharacter: 2, endLine: 2, endCharacter: 8 } },
    ]);
  });
});
