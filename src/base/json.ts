/** A JSON value, the only kind of value that a session holds (spec 5). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** The most levels of nesting in a value. JSON runs out of stack at some thousands. */
export const DEEPEST = 1000;

/** True for an object that JSON would write with braces. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks that a value would come back from JSON as it went in (spec 5). Refuses functions, symbols, BigInt, `undefined`,
 * NaN, infinities, cycles, objects of a class, holes in arrays, symbol keys, and more than 1000 levels.
 * @throws TypeError naming the key, and the place inside its value
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
    const flaw = flawOf(part);
    if (flaw !== null) throw refusal(path, flaw);
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) check(part[index], `${path}[${index}]`, above);
    } else {
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

/** Whether `assertJson` accepts the value. */
export function isJson(value: unknown): value is Json {
  try {
    assertJson('', value);
    return true;
  } catch {
    return false;
  }
}

/** Whether a value has more levels than `levels`. True for a cycle. */
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

/** Why an object or array itself, apart from its values, does not survive JSON; or null. */
function flawOf(part: object): string | null {
  const isList = Array.isArray(part);
  const kind = isList ? 'an array' : 'an object';
  if (!(isList ? isPlainArray(part) : isPlain(part)))
    return `an instance of ${part.constructor?.name ?? 'a class'}`;
  if (Object.getOwnPropertySymbols(part).length > 0) return `${kind} with a symbol as key`;
  for (const name of Object.getOwnPropertyNames(part)) {
    if (isList && name === 'length') continue;
    const { get, set, enumerable } = Object.getOwnPropertyDescriptor(part, name) as PropertyDescriptor;
    if (get !== undefined || set !== undefined) return `${kind} with a getter or setter (${name})`;
    if (!enumerable) return `${kind} with a hidden property (${name})`;
    if (isList && !isIndex(name)) return `an array with a property (${name})`;
  }
  return typeof (part as { toJSON?: unknown }).toJSON === 'function' ? `${kind} with a method toJSON` : null;
}

/** Also true for a plain object of another realm, which has another `Object.prototype`. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isRootOfRealm(prototype);
}

function isPlainArray(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return true;
  return prototype !== null && Object.hasOwn(prototype, 'flatMap') && isPlain(prototype);
}

function isRootOfRealm(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function isIndex(name: string): boolean {
  return String(Number(name) >>> 0) === name;
}
