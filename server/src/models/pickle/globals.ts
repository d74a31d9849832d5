import type { PickleVerdict } from '#schemas/domain/pickle-report.ts';

/** Modules of which nothing belongs into a model: they run programs, open connections, or load code. */
const harmfulModules = new Set(
  `os posix nt ntpath posixpath subprocess sys shutil socket ssl http urllib ftplib smtplib telnetlib xmlrpc requests
   aiohttp httpx paramiko fabric asyncio multiprocessing threading _thread signal ctypes _ctypes cffi pty tty code codeop
   bdb pdb cProfile profile timeit trace runpy importlib imp pkgutil zipimport pip setuptools distutils ensurepip venv
   site pickle _pickle cPickle cloudpickle dill shelve marshal builtins __builtin__ webbrowser antigravity commands popen2
   tempfile glob fileinput linecache io _io pathlib operator _operator types inspect gc atexit faulthandler idlelib
   lib2to3 test doctest unittest pydoc platform getpass winreg msvcrt _winapi resource fcntl mmap sqlite3 dbm logging
   gzip bz2 lzma zipfile tarfile configparser ast compileall py_compile tokenize rlcompleter readline cmd sched
   concurrent queue select selectors socketserver wsgiref cgi cgitb nntplib poplib imaplib turtledemo
   tkinter uuid hmac _posixsubprocess _socket _ssl _pyio _osx_support _aix_support _pyrepl nturl2path
   urllib2 httplib SocketServer xmlrpclib anydbm dbhash whichdb thread dummy_thread pexpect sh
   plumbum invoke fire IPython ipykernel jupyter_client numexpr
   numpy.f2py numpy.distutils numpy.testing numpy.ctypeslib torch.hub torch.package torch.multiprocessing
   torch._dynamo torch._inductor torch.utils.cpp_extension torch.utils.bottleneck torch.utils.collect_env torch.utils.model_zoo
   pandas.io joblib.externals sklearn.externals scipy.io sympy.parsing sympy.utilities`
    .split(/\s+/)
    .filter(Boolean),
);

/** Names in modules above that are only types or plain values. */
const harmlessNames: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    builtins:
      'set frozenset dict list tuple int float complex str bytes bytearray bool object slice range NoneType Ellipsis NotImplemented',
    __builtin__:
      'set frozenset dict list tuple int float complex str unicode long bytes bytearray bool object slice xrange Ellipsis NotImplemented',
    pathlib: 'PosixPath PurePosixPath Path PurePath WindowsPath PureWindowsPath',
    logging: 'Logger getLogger',
    types: 'SimpleNamespace',
    collections: 'OrderedDict defaultdict deque Counter ChainMap UserDict UserList namedtuple',
    datetime: 'datetime date time timedelta timezone',
    decimal: 'Decimal',
    fractions: 'Fraction',
    uuid: 'UUID SafeUUID',
    copyreg: '_reconstructor __newobj__ __newobj_ex__',
    copy_reg: '_reconstructor __newobj__ __newobj_ex__',
    _codecs: 'encode',
    array: 'array _array_reconstructor',
    enum: 'Enum IntEnum Flag IntFlag',
    numpy:
      'ndarray dtype matrix recarray float16 float32 float64 longdouble int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ bool complex64 complex128 str_ bytes_ object_ void datetime64 timedelta64',
    'numpy.random._pickle': '__randomstate_ctor __generator_ctor __bit_generator_ctor',
    'numpy.random.mtrand': 'RandomState',
    'numpy.random._mt19937': 'MT19937',
    'numpy.random._pcg64': 'PCG64',
    'numpy.random.bit_generator': 'SeedSequence __pyx_unpickle_SeedSequence',
    'numpy.matrixlib.defmatrix': 'matrix',
    'numpy.ma': 'MaskedArray',
    'numpy.ma.core': 'MaskedArray _mareconstruct',
    'numpy.dtypes': 'StringDType',
    torch:
      'Size device dtype Tensor FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage ByteStorage BoolStorage float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool',
    'torch._utils':
      '_rebuild_tensor _rebuild_tensor_v2 _rebuild_parameter _rebuild_parameter_with_state _rebuild_qtensor _rebuild_sparse_tensor',
    'torch._tensor': '_rebuild_from_type_v2',
    'torch.storage': 'UntypedStorage TypedStorage _load_from_bytes',
    'torch.serialization': '_get_layout',
    'torch.jit._pickle':
      'build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id restore_type_tag',
    'torch.nn.parameter': 'Parameter Buffer',
    'joblib.numpy_pickle': 'NumpyArrayWrapper',
    'catboost.core': 'Pool CatBoost CatBoostClassifier CatBoostRegressor _PoolBase _CatBoostBase',
    'pandas._libs.internals': '_unpickle_block',
    'pandas.core.indexes.base': '_new_Index',
    'pandas.core.indexes.datetimes': '_new_DatetimeIndex',
    'pandas._libs.tslibs.timestamps': '_unpickle_timestamp Timestamp',
    'pandas._libs.tslibs.timedeltas': '_timedelta_unpickle',
    'pyarrow.lib': '_restore_array type_for_alias py_buffer Buffer DataType',
    'xgboost.core': 'Booster DMatrix',
    'lightgbm.basic': 'Booster Dataset',
  }).map(([module, names]) => [module, new Set(names.split(/\s+/))]),
);

/** Same things under the names that numpy has had for them. */
const numpyInternals =
  /^numpy\.(?:_core|core)\.(?:multiarray|numeric|_internal)\.(?:_reconstruct|scalar|_frombuffer|ndarray|dtype)$/;

/** Spelt like functions, though they are classes, or do no more than to make an object of one. */
const spelledOtherwise =
  /^(?:scipy\.sparse(?:\._?(?:bsr|coo|csc|csr|dia|dok|lil))?\.(?:bsr|coo|csc|csr|dia|dok|lil)_(?:matrix|array)|sklearn\.(?:neighbors\._(?:kd|ball)_tree|metrics\._dist_metrics)\.newObj)$/;

/** Packages whose classes (by the spelling of their names) are what models are made of; no functions, no tests. */
const classesOf =
  /^(?:sklearn|scipy\.(?:sparse|stats|interpolate|spatial)|pandas(?:\.(?:core|_libs|arrays))?|xgboost|lightgbm|catboost|torch\.nn\.modules|torch\.optim|statsmodels|imblearn|category_encoders|transformers\.models)(?:\.[A-Za-z_]\w*)*$/;
const testing = /(?:^|\.)(?:_?tests?|testing|_testing|conftest)(?:\.|$)/;
const className = /^(?:_?[A-Z]\w*|__pyx_unpickle_\w+)$/;

/** Why a global is what {@link judgeGlobal} says. */
export interface GlobalVerdict {
  readonly verdict: Exclude<PickleVerdict, 'unreadable'>;
  readonly detail: string;
}

/**
 * What importing `module.name` while unpickling can do. Names with dots reach into what they import (protocol 4), so
 * each step counts. What no list knows is suspicious: it may be anybody’s own class.
 */
export function judgeGlobal(module: string, name: string): GlobalVerdict {
  const full = `${module}.${name}`;
  if (!/^[\w.]+$/.test(full)) return { verdict: 'dangerous', detail: 'Its name is none that Python writes.' };
  if (name.includes('.')) {
    const harmless = classesOf.test(module) && name.split('.').every((part) => className.test(part));
    return harmless ? safe : { verdict: 'dangerous', detail: 'It reaches into another object to get there.' };
  }
  if (harmlessNames.get(module)?.has(name)) {
    // These read a whole pickle of their own, unseen.
    if (name === '_load_from_bytes') return { verdict: 'suspicious', detail: 'It loads another pickle from bytes.' };
    return safe;
  }
  if (numpyInternals.test(full) || spelledOtherwise.test(full)) return safe;
  const harmful = harmfulPart(module);
  if (harmful !== undefined) {
    return { verdict: 'dangerous', detail: `Unpickling would import it: ${harmful} can run or load anything.` };
  }
  if (testing.test(module)) return { verdict: 'dangerous', detail: 'Code for tests has no place in a model.' };
  if (harmfulNames.test(name)) return { verdict: 'dangerous', detail: 'A function of that name runs or loads code.' };
  if (classesOf.test(module) && className.test(name)) return safe;
  return { verdict: 'suspicious', detail: 'It is not known to be harmless: look at what it does.' };
}

/** The package, or what of it, that does harm. */
function harmfulPart(module: string): string | undefined {
  const parts = module.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.')).find((part) => harmfulModules.has(part));
}

const safe: GlobalVerdict = { verdict: 'safe', detail: '' };

const harmfulNames =
  /^(?:_?eval|_?exec|execfile|runstring|runcode|run_?module|run_?path|system|popen\w*|spawn\w*|call|check_(?:call|output)|compile|__import__|import_module|load(?:s|_\w+)?|unpickle\w*|getattr|setattr|apply|attrgetter|methodcaller|main|rebuild|run|open|urlopen|urlretrieve|read_pickle|remove|rmtree|unlink|cdll|pydll|windll|oledll|fileio|(?:named)?temporary\w+|zipfile|tarfile|smtp\w*|ftp\w*|process|thread|timer|threadpool|(?:thread|process)pool\w+|interactive\w+)$/i;
