"""Pickles for the tests of src/moin/pickle, by Python 2.7 or 3: `pickles.py make SEED COUNT` or `pickles.py load [ENCODING]`.

make writes lines `<pickler> <protocol> <pickle in hex> <text of the value>`; load reads pickles in hex, one a line, and
writes a line for each: the texts of what every unpickler here makes of it, which must be one. The text of a value names
the type of each part.
"""
import pickle
import random
import struct
import sys

TWO = sys.version_info[0] == 2
if TWO:
    import cPickle
    import StringIO

    text_type, int_types, join_chr = unicode, (int, long), unichr
    PICKLERS = {"pickle": pickle.dumps, "cPickle": cPickle.dumps}
else:
    import io

    text_type, int_types, join_chr = str, (int,), chr

    def pure_dumps(value, protocol):
        out = io.BytesIO()
        pickle._Pickler(out, protocol).dump(value)
        return out.getvalue()

    PICKLERS = {"pickle": pure_dumps, "_pickle": pickle.dumps}


def hex_of(data):
    return "".join("%02x" % byte for byte in bytearray(data))


def units(text):
    """UTF-16, so that narrow and wide builds say the same."""
    for character in text:
        code = ord(character)
        if code > 0xFFFF:
            yield 0xD800 + ((code - 0x10000) >> 10)
            yield 0xDC00 + ((code - 0x10000) & 0x3FF)
        else:
            yield code


def describe(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int_types):
        return "int%d" % value
    if isinstance(value, float):
        return "float" + ("nan" if value != value else hex_of(struct.pack(">d", value)))
    if isinstance(value, bytes):
        return "str" + hex_of(value)
    if isinstance(value, text_type):
        return "unicode" + "".join("%04x" % unit for unit in units(value))
    if type(value) is list:
        return "[%s]" % ",".join(describe(item) for item in value)
    if type(value) is tuple:
        return "(%s)" % ",".join(describe(item) for item in value)
    if type(value) is dict:
        pairs = sorted("%s:%s" % (describe(key), describe(part)) for key, part in value.items())
        return "{%s}" % ",".join(pairs)
    raise TypeError(type(value))


CHARACTERS = [0, 9, 10, 13, 26, 39, 34, 92, 117, 85, 65, 127, 233, 0x20AC, 0xD83D, 0xDE00, 0xFFFD, 0xFFFF]


def make_text(rng):
    text = text_type("").join(join_chr(rng.choice(CHARACTERS)) for _ in range(rng.randrange(8)))
    if not TWO:
        # Python 3 tells two halves from their character, and writes them so; Python 2 does not.
        text = text.replace("\ud83d\ude00", "\U0001f600")
    return text * rng.choice([1, 1, 1, 100])


def make_str(rng):
    if not TWO:
        return make_text(rng)
    return "".join(chr(rng.choice([0, 10, 39, 34, 92, 65, 200, 255])) for _ in range(rng.randrange(8))) * rng.choice([1, 1, 100])


def make_int(rng):
    edge = rng.choice([0, 1, 255, 256, 65535, 65536, 2**31, 2**32, 2**63, 2**64, 2**2040, 10**400])
    return rng.choice([-1, 1]) * edge + rng.randrange(-1, 2)


def make_float(rng):
    return rng.choice([0.0, -0.0, 1.5, 1795404632.627562, 1e100, -1e-300, 5e-324, float("inf"), -float("inf"), rng.random()])


def make_key(rng):
    key = rng.choice([make_text, make_str, make_int, make_float, lambda _: None, lambda _: True])(rng)
    return (key, (make_int(rng), make_text(rng))) if rng.random() < 0.1 else key


def make_value(rng, levels, made):
    if rng.random() < 0.1:
        return rng.choice(made)
    kind = rng.randrange(9 if levels else 6)
    if kind < 6:
        leaf = rng.choice([make_text, make_str, make_int, make_float, lambda _: None, lambda r: r.random() < 0.5])
        value = leaf(rng)
    else:
        parts = [make_value(rng, levels - 1, made) for _ in range(rng.choice([0, 1, 2, 3, 4, 5]))]
        if levels == 1 and rng.random() < 0.02:
            parts = parts[:1] * 1100  # More than one batch of APPENDS.
        value = [parts, tuple(parts), dict((make_key(rng), part) for part in parts)][kind - 6]
    made.append(value)
    return value


def make(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        value = make_value(rng, 4, [float("nan")])
        while len(describe(value)) > 20000:
            value = make_value(rng, 4, [float("nan")])
        for name in sorted(PICKLERS):
            for protocol in (0, 1, 2):
                print("%s %d %s %s" % (name, protocol, hex_of(PICKLERS[name](value, protocol)), describe(value)))


def loads(data, encoding):
    if TWO:
        return [pickle.load(StringIO.StringIO(data)), cPickle.loads(data)]
    pure = pickle._Unpickler(io.BytesIO(data), encoding=encoding).load()
    return [pure, pickle.loads(data, encoding=encoding)]


def load(encoding):
    for line in sys.stdin:
        values = loads(bytes(bytearray.fromhex(line.strip())), encoding)
        print(" ".join(sorted(set(describe(value) for value in values))))


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]))
else:
    load(sys.argv[2] if len(sys.argv) > 2 else "bytes")
