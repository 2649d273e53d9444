import { bare } from '../../base/own.js';
import { didYouMean } from '../../base/suggest.js';
import type { SessionFilter } from './filter.js';

/** The filter of a call that ends or removes sessions. `all: true` confirms that every session is meant. */
export type EndingFilter = SessionFilter & { all?: boolean };

/** `describe` says what a wrong value is; default: its kind. */
type Check = readonly [
  isRight: (value: unknown) => boolean,
  what: string,
  describe?: (value: unknown) => string,
];

const NUMBER: Check = [isLength, 'a number of ms, 0 or more'];
const NAMES: Check = [(value) => isText(value) || isTexts(value), 'a text, or a list of them'];

const STATES = ['active', 'grace', 'expired', 'refused', 'unreadable'];
const ENDERS = ['administrator', 'user', 'limit'];

const CHECKS: Readonly<Record<keyof SessionFilter, Check>> = {
  ids: [isTexts, 'a list of session ids'],
  userId: NAMES,
  userName: NAMES,
  kind: oneOf('user', 'anonymous'),
  state: oneOf(...STATES),
  expiresWithin: NUMBER,
  idle: NUMBER,
  hasKey: [isText, 'a text'],
  endedBy: [
    (value) => listOf(value).every(isEnder),
    `${ENDERS.join(' or ')}, or a list of them`,
    wordOf(ENDERS),
  ],
  where: [(value) => typeof value === 'function', 'a function'],
};

const ENDING_CHECKS = { ...CHECKS, all: [isBoolean, 'true or false'] as Check };

/** The longest reason for operators, in characters. */
const LONGEST_REASON = 200;
const REASON: Check = [isReason, `a text of 1 to ${LONGEST_REASON} characters`, describedText];

const EXCEPT_CHECKS = {
  except: [(value) => value === null || isText(value), 'a session id, or null for none'] as Check,
  by: oneOf('user', 'administrator'),
  reason: REASON,
};

/**
 * Refuses filters that would select more sessions than the caller expects (spec 5): those with an unknown key, an undefined
 * value, or a value of the wrong type. @throws TypeError naming the key
 */
export function assertFilter(filter: unknown): asserts filter is SessionFilter {
  assertShape('filter', filter, CHECKS);
  if (Object.hasOwn(filter, 'userId') && Object.hasOwn(filter, 'userName'))
    throw new TypeError('the filter has userId and userName: name one of them');
}

/**
 * As `assertFilter`, for calls that end or remove sessions: the filter must not be empty by mistake.
 * @param verb for the message: `end` or `remove`
 * @throws TypeError also for a filter without conditions and without `all: true`, and for one with both
 */
export function assertEndingFilter(verb: string, filter: unknown): asserts filter is EndingFilter {
  assertShape('filter', filter, ENDING_CHECKS);
  const { all } = bare(filter as EndingFilter);
  const conditions = conditionsOf(filter as EndingFilter);
  assertFilter(conditions);
  const isEmpty = Object.keys(conditions).length === 0;
  if (isEmpty && all !== true)
    throw new TypeError(`an empty filter would ${verb} every session: say { all: true }, or name a state`);
  if (!isEmpty && all === true)
    throw new TypeError('the filter has all and a condition: leave one of them out');
}

/** The conditions of a filter, without `all`. */
export function conditionsOf(filter: EndingFilter): SessionFilter {
  const { all: _all, ...conditions } = bare(filter);
  return bare(conditions);
}

/** @throws TypeError unless `ids` is a list of strings */
export function assertIds(ids: readonly unknown[]): asserts ids is readonly string[] {
  if (!isTexts(ids)) throw new TypeError('session ids must be texts');
}

/** @throws TypeError unless `userId` is a string and `options` has only the options of `endUser` */
export function assertEndUser(userId: unknown, options: unknown): asserts userId is string {
  if (!isText(userId)) throw new TypeError(`endUser needs a user's id, and got ${described(userId)}`);
  assertShape('options of endUser', options, EXCEPT_CHECKS);
}

/** @throws TypeError unless the reason for which sessions end is undefined or a short text */
export function assertReason(reason: unknown): asserts reason is string | undefined {
  const [isRight, expected, describe = described] = REASON;
  if (reason === undefined || isRight(reason)) return;
  throw new TypeError(`the reason to end sessions must be ${expected}, and is ${describe(reason)}`);
}

function assertShape(
  what: string,
  given: unknown,
  checks: Readonly<Record<string, Check>>,
): asserts given is object {
  // A promise or a map has no keys of its own, so it would select every session.
  if (Object.prototype.toString.call(given) !== '[object Object]')
    throw new TypeError(`the ${what} must be an object, and is ${described(given)}`);
  for (const [key, value] of Object.entries(given as object)) {
    const [isRight, expected, describe = described] = checkOf(what, key, checks);
    if (isRight(value)) continue;
    const hint = value === undefined ? '; without the condition, leave the key out' : '';
    throw new TypeError(`${key} of the ${what} must be ${expected}, and is ${describe(value)}${hint}`);
  }
}

function checkOf(what: string, key: string, checks: Readonly<Record<string, Check>>): Check {
  const keys = Object.keys(checks);
  if (keys.includes(key)) return checks[key] as Check;
  throw new TypeError(
    `the ${what} has no key ${JSON.stringify(key)}${didYouMean(key, keys)}: there are ${keys.join(', ')}`,
  );
}

function oneOf(...words: readonly string[]): Check {
  return [(value) => words.includes(value as string), words.join(' or '), wordOf(words)];
}

function isEnder(value: unknown): boolean {
  return ENDERS.includes(value as string);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** As `described`. Shows a short plain word, because it is a misspelt one of `words` rather than a secret. */
function wordOf(words: readonly string[]): (value: unknown) => string {
  return (value) =>
    isText(value) && /^[\w-]{1,16}$/.test(value) ? `'${value}'${didYouMean(value, words)}` : described(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isReason(value: unknown): boolean {
  return isText(value) && value.trim() !== '' && value.length <= LONGEST_REASON;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isLength(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

/** The kind of a value. Not the value: it may be a secret, passed by mistake. */
function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return `an object of the kind ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** As `described`, with what may be wrong with a text. */
function describedText(value: unknown): string {
  if (!isText(value)) return described(value);
  return value.trim() === '' ? 'blank' : `a text of ${value.length} characters`;
}
