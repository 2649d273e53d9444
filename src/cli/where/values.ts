import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import { parseMoment } from '../input/parse.js';

/**
 * A value in an expression. Undefined means unknown: a path that is not there, or an operation on values of the wrong type.
 * A comparison with something unknown is itself unknown.
 */
export type Value = Json | Date | undefined;

/** A longer text to search for would let a hostile record cost the product of two lengths. */
const LONGEST_NEEDLE = 1000;

/** The own property, or the element of a list; `length` of a list or text. */
export function memberOf(object: Value, key: Value): Value {
  if (Array.isArray(object) || typeof object === 'string') {
    if (key === 'length') return object.length;
    return Array.isArray(object) && Number.isInteger(key) ? object[key as number] : undefined;
  }
  if (!isJsonObject(object) || typeof key !== 'string') return undefined;
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function areEqual(one: Value, other: Value, now: number): Value {
  if (one === undefined || other === undefined) return undefined;
  if (one instanceof Date || other instanceof Date) {
    const [first, second] = [momentOf(one, now), momentOf(other, now)];
    return first === undefined || second === undefined ? false : first === second;
  }
  return one === other || (typeof one === 'object' && isDeepStrictEqual(one, other));
}

/** Below 0, 0 or above 0; undefined for values that have no order. */
export function compared(one: Value, other: Value, now: number): number | undefined {
  if (one instanceof Date || other instanceof Date) {
    const [first, second] = [momentOf(one, now), momentOf(other, now)];
    return first === undefined || second === undefined ? undefined : first - second;
  }
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one !== 'string' || typeof other !== 'string') return undefined;
  return one < other ? -1 : Number(one > other);
}

/** Whether a list has an equal element, or an object has the key. */
export function isIn(value: Value, container: Value, now: number): Value {
  if (value === undefined) return undefined;
  if (Array.isArray(container)) return container.some((element) => areEqual(value, element, now) === true);
  if (isJsonObject(container) && typeof value === 'string') return Object.hasOwn(container, value);
  return undefined;
}

export function calculated(operator: string, one: Value, other: Value): Value {
  if (operator === '+' && typeof one === 'string' && typeof other === 'string') return one + other;
  if (typeof one !== 'number' || typeof other !== 'number') return undefined;
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return one / other;
    default:
      return one % other;
  }
}

/** The methods of texts and lists. `undefined` for a value that does not have the method. */
export const METHODS: Readonly<Record<string, (value: Value, argument: Value, now: number) => Value>> = {
  includes: (value, argument, now) =>
    Array.isArray(value)
      ? isIn(argument, value, now)
      : ofTexts(value, argument, (text, part) => text.includes(part)),
  startsWith: (value, argument) => ofTexts(value, argument, (text, part) => text.startsWith(part)),
  endsWith: (value, argument) => ofTexts(value, argument, (text, part) => text.endsWith(part)),
  toLowerCase: (value) => (typeof value === 'string' ? value.toLowerCase() : undefined),
};

/** A moment: a time, ms since 1970, ISO 8601, or `-7d`. */
export function timeOf(value: Value, now: number): Date | undefined {
  const moment = typeof value === 'number' ? value : momentOf(value, now);
  return moment === undefined ? undefined : new Date(moment);
}

function momentOf(value: Value, now: number): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string' || value.length > 64) return undefined;
  try {
    return parseMoment(value, now);
  } catch {
    return undefined;
  }
}

function ofTexts(value: Value, part: Value, test: (text: string, part: string) => boolean): Value {
  if (typeof value !== 'string' || typeof part !== 'string' || part.length > LONGEST_NEEDLE) return undefined;
  return test(value, part);
}
