import type { Json, JsonObject } from '../../base/json.js';
import { repr } from './repr.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from './values.js';

/**
 * A Python value as JSON. The same value always gives the same JSON, and nothing is left out:
 * - a str is text in UTF-8, as a unicode; a str that is no UTF-8 is text as Python 2 shows it, with its quotes: `'caf\xe9'`.
 * - an int is a number up to 2^53 - 1, and beyond the text of its decimal digits.
 * - a float is a number; nan, inf, -inf and -0.0 are these texts, because JSON has none of them.
 * - list and tuple are arrays, None is null.
 * - a dict is an object. Keys that are no text are named as Python 2 shows them: `1`, `None`, `(1, u'a')`. If two keys get the
 *   same name, a unicode keeps it, else a str, else the first in the dict; the others are `1 (int)`, `1 (int 2)`, and so on.
 * @param value what `readPickle` returned: it holds no cycle
 */
export function pyToJson(value: PyValue): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : `${value}`;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : repr(value);
  if (value instanceof PyBytes) return value.text ?? repr(value);
  if (value instanceof PyDict) return objectOf(value);
  return (value instanceof PyTuple ? value.items : value).map(pyToJson);
}

function isSafe(int: bigint): boolean {
  return int <= Number.MAX_SAFE_INTEGER && int >= Number.MIN_SAFE_INTEGER;
}

function objectOf(dict: PyDict): JsonObject {
  const { entries } = dict;
  const names = namesOf(entries.map(([key]) => key));
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(entries.map(([, value], index) => [names[index], pyToJson(value)]));
}

/** A name of its own for each key of a dict. */
function namesOf(keys: readonly PyValue[]): string[] {
  const names = keys.map((key) => textOf(key) ?? repr(key));
  if (new Set(names).size === names.length) return names;
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  for (const rank of [0, 1, 2]) {
    for (const [index, key] of keys.entries()) {
      if (rankOf(key) !== rank) continue;
      const name = names[index] as string;
      names[index] = taken.has(name) ? freeName(`${name} (${typeName(key)}`, taken, numbers) : name;
      taken.add(names[index]);
    }
  }
  return names;
}

/** `1 (int)`, or `1 (int 2)` and so on. Counting goes on where it ended, because a dict may hold 100,000 nan. */
function freeName(start: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string {
  for (let number = numbers.get(start) ?? 1; ; number++) {
    const name = number === 1 ? `${start})` : `${start} ${number})`;
    if (taken.has(name)) continue;
    numbers.set(start, number + 1);
    return name;
  }
}

function textOf(key: PyValue): string | null {
  return typeof key === 'string' ? key : key instanceof PyBytes ? key.text : null;
}

function rankOf(key: PyValue): number {
  if (typeof key === 'string') return 0;
  return key instanceof PyBytes && key.text !== null ? 1 : 2;
}

function typeName(key: PyValue): string {
  if (key === null) return 'None';
  if (key instanceof PyBytes) return 'str';
  if (key instanceof PyTuple) return 'tuple';
  return { boolean: 'bool', bigint: 'int', number: 'float', string: 'unicode' }[typeof key as 'string'];
}
