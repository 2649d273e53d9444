import { checkMeasure, partsOf } from './measure.js';
import { encodeLong } from './numbers.js';
import { encodeUtf8 } from './text.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from './values.js';

/** Python's own pickler does not go deeper either. */
const DEEPEST = 1000;

/**
 * Writes a value as a pickle of protocol 2, which Python 2.3 and later load as an equal value of the same types. A `number` is a
 * float, an int is a `bigint`. An object that is in the value twice is one object in Python, too.
 * @throws PickleError for a cycle or more than 1000 levels
 * @throws TypeError for what is no `PyValue`
 */
export function writePickle(value: PyValue): Buffer {
  checkMeasure(value, { depth: DEEPEST, expanded: Number.POSITIVE_INFINITY });
  const writer = new PickleWriter(sharedIn(value));
  writer.write(value);
  return writer.end();
}

type PyObject = PyBytes | PyValue[] | PyTuple | PyDict;

/** The objects that a value has more than once. */
function sharedIn(value: PyValue): Set<PyObject> {
  const seen = new Set<PyObject>();
  const shared = new Set<PyObject>();
  visit(value);
  return shared;

  function visit(part: PyValue): void {
    if (typeof part !== 'object' || part === null) return;
    if (seen.has(part)) {
      shared.add(part);
      return;
    }
    seen.add(part);
    if (!(part instanceof PyBytes)) partsOf(part).forEach(visit);
  }
}

class PickleWriter {
  readonly #chunks: Buffer[] = [opcode('\x80', uint8(2))];
  readonly #shared: ReadonlySet<PyObject>;
  readonly #memo = new Map<PyObject, number>();

  constructor(shared: ReadonlySet<PyObject>) {
    this.#shared = shared;
  }

  end(): Buffer {
    this.#put('.');
    return Buffer.concat(this.#chunks);
  }

  write(value: PyValue): void {
    if (value === null) this.#put('N');
    else if (typeof value === 'boolean') this.#put(value ? '\x88' : '\x89');
    else if (typeof value === 'bigint') this.#writeInt(value);
    else if (typeof value === 'number') this.#put('G', double(value));
    else if (typeof value === 'string') this.#writeUnicode(value);
    else this.#writeObject(value);
  }

  #writeInt(int: bigint): void {
    if (int === BigInt.asUintN(8, int)) this.#put('K', uint8(Number(int)));
    else if (int === BigInt.asUintN(16, int)) this.#put('M', uint16(Number(int)));
    else if (int === BigInt.asIntN(32, int)) this.#put('J', int32(Number(int)));
    else {
      const bytes = encodeLong(int);
      if (bytes.length < 256) this.#put('\x8a', uint8(bytes.length), bytes);
      else this.#put('\x8b', int32(bytes.length), bytes);
    }
  }

  #writeUnicode(text: string): void {
    const bytes = encodeUtf8(text);
    this.#put('X', uint32(bytes.length), bytes);
  }

  #writeObject(object: PyObject): void {
    const index = this.#memo.get(object);
    if (index !== undefined) {
      if (index < 256) this.#put('h', uint8(index));
      else this.#put('j', uint32(index));
    } else if (object instanceof PyBytes) this.#writeBytes(object);
    else if (object instanceof PyTuple) this.#writeTuple(object);
    else if (object instanceof PyDict) this.#writeDict(object);
    else this.#writeList(object);
  }

  #writeBytes(object: PyBytes): void {
    const { bytes } = object;
    if (bytes.length < 256) this.#put('U', uint8(bytes.length), bytes);
    else this.#put('T', int32(bytes.length), bytes);
    this.#memoize(object);
  }

  #writeTuple(tuple: PyTuple): void {
    const { items } = tuple;
    const short = [')', '\x85', '\x86', '\x87'][items.length];
    if (short === undefined) this.#put('(');
    for (const item of items) this.write(item);
    this.#put(short ?? 't');
    this.#memoize(tuple);
  }

  #writeList(list: readonly PyValue[]): void {
    this.#put(']');
    this.#memoize(list as PyValue[]);
    if (list.length === 0) return;
    this.#put('(');
    for (const item of list) this.write(item);
    this.#put('e');
  }

  #writeDict(dict: PyDict): void {
    this.#put('}');
    this.#memoize(dict);
    if (dict.size === 0) return;
    this.#put('(');
    for (const part of partsOf(dict)) this.write(part);
    this.#put('u');
  }

  #memoize(object: PyObject): void {
    if (!this.#shared.has(object)) return;
    const index = this.#memo.size;
    this.#memo.set(object, index);
    if (index < 256) this.#put('q', uint8(index));
    else this.#put('r', uint32(index));
  }

  #put(code: string, ...parts: readonly Uint8Array[]): void {
    this.#chunks.push(opcode(code, ...parts));
  }
}

function opcode(code: string, ...parts: readonly Uint8Array[]): Buffer {
  const byte = Buffer.from(code, 'latin1');
  return parts.length === 0 ? byte : Buffer.concat([byte, ...parts]);
}

function uint8(value: number): Buffer {
  return Buffer.from([value]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  return int32(value | 0);
}

function double(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
