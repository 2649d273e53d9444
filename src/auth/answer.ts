import { isMap } from 'node:util/types';
import { ConfigurationError } from '../base/errors.js';
import { assertJson } from '../base/json.js';
import { ownOf } from '../base/own.js';
import { show } from '../base/show.js';
import { type CheckedHeaders, checkHeaders } from '../http/response-headers.js';
import { LiveSession } from '../session/request/live.js';
import { missingSessionMembers } from '../session/session.js';
import type { AuthMethod, AuthResponse, AuthResult, Known, NamedUser } from './method.js';

const FIELDS = [
  'user',
  'continue',
  'reason',
  'text',
  'effects',
  'loginRejected',
  'loginName',
  'auditReason',
  'login',
  'response',
  'headers',
  'values',
] satisfies (keyof AuthResult)[];

/** The fields of an `AuthResponse`. */
export const RESPONSE = ['status', 'headers', 'body'] satisfies (keyof AuthResponse)[];

/** An answer that names another user than the one known before. */
export type NewUserAnswer = AuthResult & { user: NonNullable<AuthResult['user']> };

/**
 * A method's answer, without what it inherits from `Object.prototype`.
 * @throws ConfigurationError for an invalid answer
 */
export function readAnswer(method: AuthMethod, given: AuthResult): AuthResult {
  const answer = typeof given === 'object' && given !== null ? ownOf(given, FIELDS) : given;
  assertAnswer(method, answer);
  return answer;
}

function assertAnswer(method: AuthMethod, answer: unknown): asserts answer is AuthResult {
  const {
    user,
    continue: goesOn,
    loginName = '',
    auditReason = '',
    response,
    values,
  } = (answer ?? {}) as Partial<AuthResult>;
  if ((user !== null && !isNamedUser(user)) || typeof goesOn !== 'boolean')
    throw new ConfigurationError(
      `auth method ${method.name} must return {user, continue}: user null or {id, name} as texts that are not empty, continue true or false; here id is ${show(user?.id)}, name ${show(user?.name)}, continue ${show(goesOn)}`,
    );
  if (typeof loginName !== 'string')
    throw new ConfigurationError(`auth method ${method.name} gives a loginName that is no string`);
  if (typeof auditReason !== 'string')
    throw new ConfigurationError(`auth method ${method.name} gives an auditReason that is no string`);
  if (response !== undefined) assertResponse(method, response);
  if (values !== undefined) assertValues(method, values);
}

/** Checked here: an answer that cannot be sent must not follow a login that was written. */
function assertResponse(method: AuthMethod, response: unknown): void {
  const given = (typeof response === 'object' && response !== null ? response : {}) as AuthResponse;
  const { status, headers, body } = ownOf(given, RESPONSE);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw unsendable(method, 'a response', 'its status must be a number from 200 to 599');
  if (body !== undefined && typeof body !== 'string')
    throw unsendable(method, 'a response', 'its body must be a string');
  checkedHeaders(method, headers, 'a response', ['content-length']);
}

/** Checked here: a value that cannot be saved must not follow a login that was written. */
function assertValues({ name }: AuthMethod, values: unknown): void {
  if (!isMap(values))
    throw new ConfigurationError(
      `auth method ${name} gives values that are no Map: new Map([['theme', 'dark']])`,
    );
  for (const [key, value] of values) {
    if (typeof key !== 'string')
      throw new ConfigurationError(`auth method ${name} gives a value under a key that is no string`);
    if (value !== undefined) assertJson(key, value);
  }
}

export function isNamedUser(user: unknown): user is NamedUser {
  const { id, name } = (user ?? {}) as Partial<NamedUser>;
  return isText(id) && isText(name);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Whether the answer names another user than the one that the method was given. */
export function namesNewUser(answer: AuthResult, known: Known): answer is NewUserAnswer {
  return answer.user !== null && answer.user !== known.user;
}

/** @throws ConfigurationError when a method put something on the request that does not follow the Session interface */
export function assertSession(method: AuthMethod, session: unknown): void {
  if (session === null || session instanceof LiveSession) return;
  const missing = missingSessionMembers(session);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    `auth method ${method.name} put a session on the request that lacks ${missing.join(', ')}: follow the Session interface`,
  );
}

/** The header fields of an answer, checked: at once, or at each call if the method gave a function. */
export type AnswerHeaders = () => CheckedHeaders;

/** @throws ConfigurationError for fields that cannot be sent; those that a function returns are checked when they are read */
export function headersOf(method: AuthMethod, { headers }: AuthResult): AnswerHeaders | null {
  if (headers === undefined) return null;
  if (typeof headers === 'function') return () => checkedHeaders(method, headers());
  const checked = checkedHeaders(method, headers);
  return () => checked;
}

/** @param allowed names of the server's own fields that this place may give */
function checkedHeaders(
  method: AuthMethod,
  headers: unknown,
  what = 'headers',
  allowed: readonly string[] = [],
): CheckedHeaders {
  try {
    return checkHeaders(headers, allowed);
  } catch (error) {
    throw unsendable(method, what, (error as Error).message);
  }
}

function unsendable({ name }: AuthMethod, what: string, why: string): ConfigurationError {
  return new ConfigurationError(`auth method ${name} gives ${what} that cannot be sent: ${why}`);
}
