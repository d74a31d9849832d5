"""Writes pickles of all kinds into a folder, and beside them, in `reference.json`, what Python says of each: the modules and
names that unpickling looked up, or null for files that hold no pickle. Also pickletools' table of opcodes."""

import collections
import datetime
import decimal
import fractions
import io
import json
import pickle
import pickletools
import sys
import uuid
import warnings
import zipfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import scipy.sparse
from joblib.numpy_pickle import NumpyUnpickler
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

target = Path(sys.argv[1])
names: dict[str, list[list[str]] | None] = {}
OWN = ["__main__", "Own"]


class Recorder(pickle._Unpickler):
    def __init__(self, file):
        super().__init__(file)
        self.seen = []

    def find_class(self, module, name):
        self.seen.append([module, name])
        return super().find_class(module, name)


class ArrayRecorder(NumpyUnpickler):
    def __init__(self, path, file):
        super().__init__(str(path), file, False)
        self.seen = []

    def find_class(self, module, name):
        self.seen.append([module, name])
        return super().find_class(module, name)


def seen(data):
    recorder = Recorder(io.BytesIO(data))
    recorder.load()
    return recorder.seen


def write(name, data):
    (target / name).write_bytes(data)


class Own:
    def __init__(self):
        self.__dict__.update(text="own", size=3)

    def __reduce_ex__(self, protocol):
        return (fractions.Fraction, (1, 2)) if protocol < 2 else super().__reduce_ex__(protocol)


rng = np.random.default_rng(1)
loop = []
loop.append({"self": loop})
plain = {
    "scalars": [None, True, False, 0, -1, 255, 70_000, -(2**40), 2**100, 1.5, float("inf"), 3j, "é\n'\\", b"\x00\xff", ""],
    "containers": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, set(), {1, 2}, frozenset([3]), {"a": {"b": ("c",)}}],
    "long": ["x" * 300, "y" * 70_000, b"z" * 70_000, bytearray(b"ab"), list(range(3_000)), {i: str(i) for i in range(2_500)}],
    "classes": [collections.OrderedDict(a=1), collections.defaultdict(list), collections.deque([1]), collections.Counter("aab")],
    "times": [datetime.datetime(2024, 1, 2, 3), datetime.timedelta(1), datetime.date(2020, 1, 1), datetime.timezone.utc],
    "numbers": [decimal.Decimal("1.1"), fractions.Fraction(1, 3), range(3), slice(1, 2), Ellipsis],
    "ids": [uuid.UUID(int=5), Path("a") / "b"],
    "loop": loop,
    "own": [Own(), Own()],
    "functions": [len, json.loads, print, np.mean, datetime.datetime.now],
    "nested": pickle.dumps({"inner": json.dumps}),
}
frame = pd.DataFrame({"n": [1, 2, 3], "f": [0.5, np.nan, 1], "s": ["a", "b", None], "c": pd.Categorical(["x", "y", "x"])})
frame["t"] = pd.date_range("2024-01-01", periods=3, tz="UTC")
arrays = {
    "floats": rng.random((40, 30)),
    "scalars": [np.float32(1), np.int64(2), np.bool_(True), np.datetime64("2024-01-01")],
    "texts": np.array(["a", "bcd"]),
    "objects": np.array([1, "a", None, {"k": Own()}], dtype=object),
    "records": np.array([(1, 2.0, "x")], dtype=[("a", "<i4"), ("b", "<f8"), ("c", "U3")]),
    "empty": np.empty((0, 3)),
    "fortran": np.asfortranarray(rng.random((5, 4))),
    "masked": np.ma.masked_array([1, 2, 3], [0, 1, 0]),
    "random": [np.random.RandomState(1), np.random.default_rng(1)],
    "big": rng.integers(0, 256, 300_000, dtype=np.uint8),
}
X = rng.random((80, 5))
y = (X[:, 0] > 0.5).astype(int)
models = {
    "logistic": LogisticRegression(),
    "forest": RandomForestClassifier(5),
    "boosting": GradientBoostingClassifier(n_estimators=4),
    "histogram": HistGradientBoostingClassifier(max_iter=4),
    "tree": DecisionTreeClassifier(),
    "neighbours": KNeighborsClassifier(),
    "vectors": SVC(),
    "bayes": GaussianNB(),
    "network": MLPClassifier((4,), max_iter=5),
    "process": GaussianProcessClassifier(),
    "pipeline": make_pipeline(
        ColumnTransformer([("one", OneHotEncoder(handle_unknown="ignore"), [0])], remainder="passthrough"),
        StandardScaler(with_mean=False),
        LogisticRegression(),
    ),
}
warnings.simplefilter("ignore")
models = {name: model.fit(X, y) for name, model in models.items()}
models["clusters"] = KMeans(2, n_init=1).fit(X)
models["words"] = TfidfVectorizer().fit(["some words here", "other words there"])
models["frame"] = frame
models["sparse"] = [scipy.sparse.csr_matrix(X > 0.9), scipy.sparse.coo_matrix(X > 0.9), scipy.sparse.csc_array(X > 0.9)]

for name, value in {**plain, **arrays, **models}.items():
    for protocol in range(6):
        data = pickle.dumps(value, protocol)
        if name == "nested" and protocol > 0:
            names[f"{name}-{protocol}.pkl"] = [["json", "dumps"], *seen(data)]
        else:
            names[f"{name}-{protocol}.pkl"] = seen(data)
        write(f"{name}-{protocol}.pkl", data)

for name, value in {**arrays, **models}.items():
    for ending, compress in {"joblib": 0, "joblib.z": ("zlib", 3), "joblib.gz": ("gzip", 3)}.items():
        path = target / f"{name}.{ending}"
        joblib.dump(value, path, compress=compress)
        if compress == 0:
            with path.open("rb") as file:
                recorder = ArrayRecorder(path, file)
                recorder.load()
            # The pickles of arrays of objects are read without being asked.
            found = [*recorder.seen, *([OWN] if name == "objects" else [])]
        names[path.name] = found

np.save(target / "objects.npy", arrays["objects"])
names["objects.npy"] = [OWN]
for name in ["floats", "texts", "records", "empty", "fortran"]:
    np.save(target / f"{name}.npy", arrays[name])
    names[f"{name}.npy"] = None
np.savez(target / "several.npz", arrays["floats"], arrays["records"])
names["several.npz"] = None
np.savez_compressed(target / "objects.npz", arrays["floats"], arrays["objects"])
names["objects.npz"] = [OWN]
with zipfile.ZipFile(target / "archive.pt", "w", zipfile.ZIP_STORED) as archive:
    archive.writestr("archive/data.pkl", pickle.dumps(json.loads, 2))
    archive.writestr("archive/data/0", arrays["big"].tobytes())
names["archive.pt"] = seen(pickle.dumps(json.loads, 2))
old = b"".join(pickle.dumps(value, 2) for value in [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, Own(), ["0"]])
write("legacy.pt", old + arrays["big"].tobytes())
names["legacy.pt"] = [OWN]

opcodes = [[op.code, op.name, op.arg.name if op.arg else None, op.arg.n if op.arg else 0] for op in pickletools.opcodes]
(target / "reference.json").write_text(json.dumps({"names": names, "opcodes": opcodes}))
