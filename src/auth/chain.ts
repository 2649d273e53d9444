import { ConfigurationError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { ownOf } from '../base/own.js';
import { LiveSession } from '../session/request/live.js';
import { missingSessionMembers } from '../session/session.js';
import { establish } from './establish.js';
import type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthResult,
  AuthSite,
  AuthStep,
  AuthUser,
  Known,
} from './method.js';

/** What the chain came to. */
export interface ChainResult {
  /** Who it is in the end; after a logout as an invalid user. */
  user: AuthUser | null;
  trace: AuthStep[];
  /** What a method answers in place of the application. */
  response: AuthResponse | null;
  /** What methods want to have in the session. */
  values: Map<string, Json | undefined>;
}

/** Runs the methods in order, until one says that the chain ends. What one throws ends the request (spec 3). */
export async function runChain(
  methods: readonly AuthMethod[],
  request: AuthRequest,
  cookies: Known['cookies'],
  site: AuthSite,
): Promise<ChainResult> {
  const { form } = request;
  let known: Known = {
    user: null,
    name: text(form.name),
    password: text(form.password),
    login: form.login === true,
    logout: form.logout === true,
    loginRejected: false,
    vetoed: false,
    cookies,
  };
  const trace: AuthStep[] = [];
  const values: ChainResult['values'] = new Map();
  let response: AuthResponse | null = null;
  for (const method of methods) {
    const before = request.session;
    const given = method.authenticate(request, known, site);
    const result = ownAnswer(isPromise(given) ? await given : given);
    checkResult(method, result);
    const answer = namesSomebody(result, known) ? await establish(method, result, known, site) : result;
    // Completed by `establish`, or the very one of before.
    const user = answer.user as AuthUser | null;
    if (request.session !== before) checkSession(method, request.session);
    trace.push(stepOf(method, known.user, user, answer));
    known = learn(known, user, answer);
    response ??= answer.response ? ownOf(answer.response, ['status', 'headers', 'body']) : null;
    for (const [key, value] of answer.values ?? []) values.set(key, value);
    if (!answer.continue) break;
  }
  return { user: known.user, trace, response, values };
}

const ANSWER = [
  'user',
  'continue',
  'reason',
  'text',
  'effects',
  'loginRejected',
  'login',
  'response',
  'values',
] satisfies (keyof AuthResult)[];

/** What a method itself has said: what it may leave out is not taken from elsewhere. */
function ownAnswer(answer: AuthResult): AuthResult {
  return typeof answer === 'object' && answer !== null ? ownOf(answer, ANSWER) : answer;
}

/** What is there already is not waited for: to wait costs more than most methods do. */
function isPromise(answer: AuthResult | Promise<AuthResult>): answer is Promise<AuthResult> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
}

/** A refused login stands until a method establishes another user; a veto until one establishes any. */
function learn(known: Known, user: AuthUser | null, answer: AuthResult): Known {
  const login = known.login || answer.login === true;
  // Most methods tell nothing new, and this runs at every request.
  if (user === known.user && login === known.login && answer.loginRejected !== true) return known;
  const established = user?.valid === true && user !== known.user;
  const rejected = answer.loginRejected === true || known.loginRejected;
  const vetoed = known.vetoed || (known.user?.valid === true && user === null);
  return {
    ...known,
    user,
    login,
    loginRejected: rejected && !established,
    vetoed: vetoed && !established,
  };
}

function stepOf(
  method: AuthMethod,
  userBefore: AuthUser | null,
  userAfter: AuthUser | null,
  { continue: goesOn, reason = defaultReason(userBefore, userAfter), text = '', effects = [] }: AuthResult,
): AuthStep {
  return { method: method.name, userBefore, userAfter, continue: goesOn, reason, text, effects };
}

function defaultReason(before: AuthUser | null, after: AuthUser | null): string {
  if (before?.id === after?.id) return 'passed';
  return after === null ? 'veto' : 'accepted';
}

/** Whether a method does more than to pass on whom it got. */
function namesSomebody(
  answer: AuthResult,
  known: Known,
): answer is AuthResult & { user: NonNullable<AuthResult['user']> } {
  return answer.user !== null && answer.user !== known.user;
}

function checkResult(method: AuthMethod, result: unknown): asserts result is AuthResult {
  const { user, continue: goesOn } = (result ?? {}) as Partial<AuthResult>;
  const isUser =
    user === null ||
    (typeof user === 'object' && typeof user.id === 'string' && typeof user.name === 'string');
  if (isUser && typeof goesOn === 'boolean') return;
  throw new ConfigurationError(
    `auth method ${method.name} must return {user, continue}: user null or {id, name} as strings, continue true or false`,
  );
}

function checkSession(method: AuthMethod, session: unknown): void {
  if (session === null || session instanceof LiveSession) return;
  const missing = missingSessionMembers(session);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    `auth method ${method.name} put a session on the request that lacks ${missing.join(', ')}: follow the Session interface`,
  );
}

/** A form may hold anything; only text is a name or a password. */
function text(field: unknown): string {
  return typeof field === 'string' ? field : '';
}
