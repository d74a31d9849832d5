"""Writes, as JSON, random programs of pickle opcodes that make Python look up os.system, however they come to it."""

import base64
import io
import json
import pickle
import random
import sys
from pathlib import Path

draw = random.Random(1)
TEXTS = [b"os", b"system", b"posix", b"collections", b"OrderedDict", b"builtins", b"str"]
NUMBERS = [b"0", b"1", b"2", b"1_0", b"10", b" 1", b"01", b"+2"]
OTHERS = (
    [bytes([code]) for code in b"(012N)]}tld\x85\x86\x87R\x81baesuo\x8f\x90\x91Q\x88\x92\x98"]
    + [b"K\x01", b"Pa\n", b"cbuiltins\nstr\n", b"ccollections\nOrderedDict\n", b"iacme\nX\n", b"\x80\x04", b"I1\n", b"L5L\n"]
    + [b"I01\n", b"\x95\x05" + bytes(7), b"\x8a\x01\x05", b"\x8a\x00", b"G" + bytes(8), b"F1\n", b"C\x01a"]
    + [b"\x96\x01" + bytes(7) + b"a"]
)


class Anything:
    """Stands for whatever is looked up."""

    def __init__(self, *values, **named):
        pass

    def ignore(self, *values):
        pass

    __setstate__ = append = extend = add = __setitem__ = ignore


class Recorder(pickle._Unpickler):
    def __init__(self, file):
        super().__init__(file)
        self.seen = []

    def find_class(self, module, name):
        self.seen.append(f"{module}.{name}")
        return str if (module, name) == ("builtins", "str") else Anything

    def persistent_load(self, pid):
        return draw.choice(["os", "system", "posix"])


def text(word):
    size = len(word)
    return draw.choice(
        [
            bytes([0x8C, size]) + word,
            b"X" + size.to_bytes(4, "little") + word,
            b"S'" + word + b"'\n",
            b"V" + word + b"\n",
            b"U" + bytes([size]) + word,
            b"\x8d" + size.to_bytes(8, "little") + word,
        ]
    )


def step():
    kind = draw.random()
    slot = draw.randrange(5)
    if kind < 0.35:
        return text(draw.choice(TEXTS))
    if kind < 0.5:
        return draw.choice([b"\x94", b"q" + bytes([slot]), b"p" + draw.choice(NUMBERS) + b"\n", b"r" + slot.to_bytes(4, "little")])
    if kind < 0.65:
        return draw.choice([b"h" + bytes([slot]), b"g" + draw.choice(NUMBERS) + b"\n", b"j" + slot.to_bytes(4, "little")])
    return b"\x93" if kind < 0.75 else draw.choice(OTHERS)


found = []
for _ in range(150_000):
    program = b"\x80\x04" + b"".join(step() for _ in range(draw.randrange(4, 22))) + b"."
    recorder = Recorder(io.BytesIO(program))
    try:
        recorder.load()
    except Exception:
        pass
    if "os.system" in recorder.seen or "posix.system" in recorder.seen:
        found.append(base64.b64encode(program).decode())
Path(sys.argv[1], "programs.json").write_text(json.dumps(found))
