import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGlobal } from '#server/models/pickle/globals.ts';

const verdictOf = (module: string, name: string) => judgeGlobal(module, name).verdict;

describe('what a name in a pickle is worth', () => {
  it.each([
    ['builtins', 'set'],
    ['collections', 'OrderedDict'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['numpy._core.multiarray', 'scalar'],
    ['numpy', 'dtype'],
    ['sklearn.linear_model._logistic', 'LogisticRegression'],
    ['sklearn.neighbors._kd_tree', 'newObj'],
    ['scipy.sparse._csr', 'csr_matrix'],
    ['pandas.core.frame', 'DataFrame'],
    ['xgboost.sklearn', 'XGBClassifier'],
    ['lightgbm.sklearn', 'LGBMClassifier'],
    ['catboost.core', 'Pool'],
    ['torch._utils', '_rebuild_tensor_v2'],
    ['torch.nn.modules.linear', 'Linear'],
  ])('%s.%s is safe', (module, name) => {
    expect(verdictOf(module, name)).toBe('safe');
  });

  it.each([
    ['acme.models', 'Churn'],
    ['functools', 'partial'],
    ['torch.storage', '_load_from_bytes'],
    ['sklearnx', 'Model'],
    ['sklearn.utils', 'helper'],
  ])('%s.%s is not known to be', (module, name) => {
    expect(verdictOf(module, name)).toBe('suspicious');
  });

  it.each([
    ['os', 'system'],
    ['os.path', 'join'],
    ['nt', 'system'],
    ['builtins', 'getattr'],
    ['torch', 'load'],
    ['numpy', 'load'],
    ['pandas', 'read_pickle'],
    ['torch.hub', 'anything'],
    ['torch.utils.cpp_extension', 'CppExtension'],
    ['numpy.f2py.crackfortran', 'myeval'],
    ['sklearn.externals.joblib', 'Parallel'],
    ['sklearn.tests.test_base', 'Helper'],
    ['sklearn.utils.fixes', 'Popen'],
    ['scipy.stats._fit', 'NamedTemporaryFile'],
    ['collections', 'abc.sys'],
    ['sklearn.base', 'BaseEstimator.__init__.__globals__'],
    ['sklearn.linear_model\n', 'LogisticRegression'],
    ['оs', 'system'],
  ])('%j.%j is dangerous', (module, name) => {
    expect(verdictOf(module, name)).toBe('dangerous');
  });

  it('never calls safe what is below a harmful module', () => {
    const part = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/);
    const harmful = fc.constantFrom('os', 'subprocess', 'sys', 'importlib', 'ctypes', 'pip', 'runpy', 'torch.hub');
    fc.assert(
      fc.property(harmful, fc.array(part, { maxLength: 3 }), part, (top, parts, name) => {
        expect(verdictOf([top, ...parts].join('.'), name)).toBe('dangerous');
      }),
    );
  });
});
