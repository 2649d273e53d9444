import type { Json } from '../base/json.js';
import { ownOf } from '../base/own.js';
import type { UserFields } from '../users/directory.js';
import { type AnswerHeaders, assertSession, headersOf, namesNewUser, readAnswer } from './answer.js';
import { establish } from './establish.js';
import type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthResult,
  AuthStep,
  AuthUser,
  ChainSite,
  Known,
} from './method.js';

/** The outcome of the whole chain. */
export interface ChainResult {
  /** The user after the last method that ran; an invalid one after a logout. */
  user: AuthUser | null;
  /** What the method that established the user gave of them besides `AuthUser`; null if no method named a user. */
  fields: UserFields | null;
  trace: AuthStep[];
  /** The answer that a method gives in place of the application. */
  response: AuthResponse | null;
  /** Whether this request is a login, by a form or by the answer of a method. */
  isLogin: boolean;
  /** The last refusal or veto, if no method has established a user since; a session that a cookie restores does not count. */
  refusal: Refusal | null;
  /** The header fields that methods add to the response, in order. */
  headers: AnswerHeaders[];
  /** Values that methods put into the session; undefined removes one. */
  values: Map<string, Json | undefined>;
}

/** The method that refused a login or took the user away, and its reason. */
export type Refusal = Pick<AuthStep, 'method' | 'reason'>;

/** Runs the methods in order until one ends the chain. An error of a method ends the request (spec 3). */
export async function runChain(
  methods: readonly AuthMethod[],
  request: AuthRequest,
  cookies: Known['cookies'],
  site: ChainSite,
): Promise<ChainResult> {
  const trace: AuthStep[] = [];
  const values: ChainResult['values'] = new Map();
  let known = knownFrom(request.form, cookies, values);
  const headers: AnswerHeaders[] = [];
  let response: AuthResponse | null = null;
  let isLogin = known.login;
  let refusal: Refusal | null = null;
  let fields: UserFields | null = null;
  for (const method of methods) {
    const sessionBefore = request.session;
    const given = method.authenticate(request, known, site);
    // Await promises only: an `await` of a plain result would cost more than most methods do.
    const own = readAnswer(method, isPromise(given) ? await given : given);
    const isNew = namesNewUser(own, known);
    const answer = isNew ? await establish(method, own, known, site) : own;
    if (isNew) fields = own.user;
    // Complete: `establish` completed a new user, and the user known before was complete.
    const user = answer.user as AuthUser | null;
    if (request.session !== sessionBefore) assertSession(method, request.session);
    const step = stepOf(method, known.user, user, answer);
    trace.push(step);
    isLogin ||= own.login === true || own.loginRejected === true;
    if (answer.loginRejected === true || isVeto(known, user)) refusal = step;
    else if (isEstablished(known, user) && request.session === sessionBefore) refusal = null;
    known = learn(method, known, user, answer);
    response ??= answer.response ? ownOf(answer.response, ['status', 'headers', 'body']) : null;
    const more = headersOf(method, answer);
    if (more !== null) headers.push(more);
    for (const [key, value] of answer.values ?? []) values.set(key, value);
    if (!answer.continue) break;
  }
  return { user: known.user, fields, trace, isLogin, refusal, response, headers, values };
}

function knownFrom(form: AuthRequest['form'], cookies: Known['cookies'], values: Known['values']): Known {
  return {
    user: null,
    name: text(form.name),
    password: text(form.password),
    login: form.login === true,
    logout: form.logout === true,
    loginAccepted: false,
    loginRejected: false,
    vetoed: false,
    values,
    cookies,
  };
}

/** A form may hold anything; only text is a name or a password. */
function text(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

function isPromise(answer: AuthResult | Promise<AuthResult>): answer is Promise<AuthResult> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Adds a method's answer to what is known. Refusals of logins and vetoes stand until a method establishes a user. */
function learn(method: AuthMethod, known: Known, user: AuthUser | null, answer: AuthResult): Known {
  const login = known.login || answer.login === true;
  // Most methods report nothing new, and the spread below is slow for a line that runs at every request.
  if (user === known.user && login === known.login && answer.loginRejected !== true) return known;
  const established = isEstablished(known, user);
  const accepts = answer.login === true || (login && method.logsIn === true);
  const rejected = answer.loginRejected === true || known.loginRejected;
  const vetoed = known.vetoed || isVeto(known, user);
  return {
    ...known,
    user,
    login,
    loginAccepted: established ? accepts : known.loginAccepted && user?.valid === true,
    loginRejected: rejected && !established,
    vetoed: vetoed && !established,
  };
}

function isEstablished(known: Known, user: AuthUser | null): boolean {
  return user?.valid === true && user !== known.user;
}

function isVeto(known: Known, user: AuthUser | null): boolean {
  return known.user?.valid === true && user === null;
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
