import { isAscii } from 'node:buffer';

/**
 * A value of Python 2 made of plain data, typed so that Python gets back the type it wrote: `bigint` is an int or long
 * (one type: a long that fits an int becomes one), `number` a float, `string` a unicode, `PyBytes` a str, an array a list, null None.
 */
export type PyValue = null | boolean | bigint | number | string | PyBytes | PyValue[] | PyTuple | PyDict;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A str of Python 2: bytes, mostly text in UTF-8. */
export class PyBytes {
  constructor(readonly bytes: Uint8Array) {}

  /** The str of a text in UTF-8. */
  static from(text: string): PyBytes {
    return new PyBytes(Buffer.from(text));
  }

  /** The text in UTF-8, or null if the bytes are none. */
  get text(): string | null {
    if (isAscii(this.bytes)) return latin1(this.bytes);
    try {
      return UTF8.decode(this.bytes);
    } catch {
      return null;
    }
  }
}

export class PyTuple {
  constructor(readonly items: readonly PyValue[]) {}
}

/**
 * A dict of Python 2, in the order of its pickle. Keys are the same as Python 2 compares them: `'a' == u'a'` if both are ASCII,
 * and `1 == 1.0 == True`. An equal key that is set again takes the new value and keeps the old key, as in Python.
 */
export class PyDict {
  readonly #entries = new Map<string, [key: PyValue, value: PyValue]>();

  /** @throws TypeError if a key is a list or dict, or a tuple that holds one */
  constructor(entries: Iterable<readonly [key: PyValue, value: PyValue]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A new array of all pairs. */
  get entries(): (readonly [key: PyValue, value: PyValue])[] {
    return [...this.#entries.values()];
  }

  /** The value of a key. Text finds a unicode key, and else the str that is this text in UTF-8. */
  get(key: PyValue): PyValue | undefined {
    return this.#entries.get(this.#idOf(key))?.[1];
  }

  /** Sets a value. The type of an existing key stays; a new key is a unicode if it is a string, and a str if it is a `PyBytes`. */
  set(key: PyValue, value: PyValue): void {
    const id = idOf(key);
    const entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, [key, value]);
    else entry[1] = value;
  }

  /** Removes what `get` finds. False if there was nothing. */
  delete(key: PyValue): boolean {
    return this.#entries.delete(this.#idOf(key));
  }

  #idOf(key: PyValue): string {
    const id = idOf(key);
    return typeof key === 'string' && !this.#entries.has(id) ? idOf(PyBytes.from(key)) : id;
  }
}

let nans = 0;

/** A text that is the same for keys that Python 2 takes for equal. */
function idOf(key: PyValue): string {
  if (key === null) return 'None';
  if (typeof key === 'string') return /\P{ASCII}/u.test(key) ? `u${key}` : `s${key}`;
  if (key instanceof PyBytes) return isAscii(key.bytes) ? `s${latin1(key.bytes)}` : `b${latin1(key.bytes)}`;
  if (typeof key === 'boolean') return key ? 'n1' : 'n0';
  // A nan equals nothing, itself neither.
  if (typeof key === 'number') return Number.isNaN(key) ? `nan${nans++}` : `n${key}`;
  if (typeof key === 'bigint') return isFloat(key) ? `n${Number(key)}` : `i${key.toString(16)}`;
  if (!(key instanceof PyTuple)) throw new TypeError('a list or dict is no key of a dict');
  return `t${key.items
    .map(idOf)
    .map((id) => `${id.length}:${id}`)
    .join('')}`;
}

/** Whether a float is equal to this int. */
function isFloat(int: bigint): boolean {
  const float = Number(int);
  return Number.isFinite(float) && BigInt(float) === int;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
