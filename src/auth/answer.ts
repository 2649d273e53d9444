import { ConfigurationError } from '../base/errors.js';
import { ownOf } from '../base/own.js';
import { show } from '../base/show.js';
import { type CheckedHeaders, checkHeaders } from '../http/response-headers.js';
import { LiveSession } from '../session/request/live.js';
import { missingSessionMembers } from '../session/session.js';
import type { AuthMethod, AuthResult, Known } from './method.js';

const FIELDS = [
  'user',
  'continue',
  'reason',
  'text',
  'effects',
  'loginRejected',
  'login',
  'response',
  'headers',
  'values',
] satisfies (keyof AuthResult)[];

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
  const { user, continue: goesOn } = (answer ?? {}) as Partial<AuthResult>;
  const isText = (text: unknown) => typeof text === 'string' && text !== '';
  const isUser = user === null || (typeof user === 'object' && isText(user.id) && isText(user.name));
  if (isUser && typeof goesOn === 'boolean') return;
  throw new ConfigurationError(
    `auth method ${method.name} must return {user, continue}: user null or {id, name} as texts that are not empty, continue true or false; here id is ${show(user?.id)}, name ${show(user?.name)}, continue ${show(goesOn)}`,
  );
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

function checkedHeaders({ name }: AuthMethod, headers: unknown): CheckedHeaders {
  try {
    return checkHeaders(headers);
  } catch (error) {
    throw new ConfigurationError(
      `auth method ${name} gives headers that cannot be sent: ${(error as Error).message}`,
    );
  }
}
