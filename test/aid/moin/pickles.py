# Says what is in pickles, with the types that Python 2 has: one line of JSON for each line of JSON {"path", "set"} on stdin.
# `path` is a file name as bytes in latin1. `set` replaces values of the dict that is read, to say what an edited file must hold.
import binascii
import io
import json
import pickle
import sys

IS_2 = sys.version_info[0] == 2
LATIN = "latin-1"


def load(data):
    return pickle.loads(data) if IS_2 else pickle.loads(data, encoding="bytes")


def canonical(value):
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, float):
        return "float " + repr(value)
    if isinstance(value, bytes):
        return "str " + binascii.hexlify(value).decode(LATIN)
    if isinstance(value, type(u"")):
        return "unicode " + binascii.hexlify(value.encode("utf-8")).decode(LATIN)
    if isinstance(value, tuple):
        return "(" + ", ".join(canonical(item) for item in value) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(canonical(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(canonical(key) + ": " + canonical(value[key]) for key in value)) + "}"
    return "int %d" % value


for line in sys.stdin:
    asked = json.loads(line)
    with io.open(asked["path"].encode(LATIN), "rb") as file:
        value = load(file.read())
    for key in asked.get("set", {}):
        value[key.encode(LATIN)] = asked["set"][key]
    print(json.dumps({"text": canonical(value)}))
