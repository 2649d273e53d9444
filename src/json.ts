/** A JSON value, the only kind of value that a session holds (spec 5). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** Levels in a value: beyond some thousands, JSON runs out of stack. */
export const DEEPEST = 1000;

/** True for an object that JSON would write with braces. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Throws a `TypeError` naming the key, and the place inside its value, when the value would not come back
 * from JSON as it went in (spec 5): functions, symbols, BigInt, `undefined`, NaN, infinities, cycles, and
 * objects of a class, holes in arrays, symbol keys and more than 1000 levels included.
 */
export function assertJson(key: string, value: unknown): asserts value is Json {
  check(value, '', new Set());

  function check(part: unknown, path: string, above: Set<object>): void {
    if (part === null || typeof part === 'string' || typeof part === 'boolean') return;
    if (typeof part === 'number' && Number.isFinite(part)) return;
    if (typeof part !== 'object') throw refusal(path, describe(part));
    if (above.has(part)) throw refusal(path, 'a cycle');
    if (above.size === DEEPEST) throw refusal('', `nested deeper than ${DEEPEST} levels`);
    above.add(part);
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) check(part[index], `${path}[${index}]`, above);
    } else {
      if (!isPlain(part)) throw refusal(path, `an instance of ${part.constructor?.name ?? 'a class'}`);
      if (Object.getOwnPropertySymbols(part).length > 0)
        throw refusal(path, 'an object with a symbol as key');
      for (const name of Object.keys(part)) check(part[name as keyof object], `${path}.${name}`, above);
    }
    above.delete(part);
  }

  function refusal(path: string, what: string): TypeError {
    const place = path === '' ? '' : ` (at ${path})`;
    return new TypeError(
      `session key ${JSON.stringify(key)}: the value${place} is ${what}, which JSON cannot hold; store plain data`,
    );
  }
}

/** Whether a value has more levels than these. A cycle has. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const part of Object.values(value)) if (isDeeperThan(levels - 1, part)) return true;
  return false;
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
