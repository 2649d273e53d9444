import type { Json } from '../base/json.js';
import { ownOf } from '../base/own.js';
import type { UserFields } from '../users/directory.js';
import { type AnswerHeaders, headersOf, RESPONSE } from './answer.js';
import type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthResult,
  AuthStep,
  AuthUser,
  Known,
} from './method.js';

/** The method that refused a login or took the user away, and its reason. */
export interface Refusal extends Pick<AuthStep, 'method' | 'reason'> {
  /** The name that was refused; null: that of the form. */
  name: string | null;
  /** What the audit log notes in place of `reason`. */
  auditReason: string | undefined;
}

/** What the methods of a chain have found out so far; after the last one that runs, the outcome of the chain. */
export class ChainState {
  /** What the next method gets. */
  known: Known;
  /** What the method that established the user gave of them besides `AuthUser`; null if no method named a user. */
  fields: UserFields | null = null;
  /** Whether this request is a login, by a form or by the answer of a method. */
  isLogin: boolean;
  /** The last refusal or veto, if no method has established a user since; a session that a cookie restores does not count. */
  refusal: Refusal | null = null;
  /** The answer that a method gives in place of the application. */
  response: AuthResponse | null = null;
  readonly trace: AuthStep[] = [];
  /** The header fields that methods add to the response, in order. */
  readonly headers: AnswerHeaders[] = [];
  /** Values that methods want in the session; undefined removes one. */
  readonly values = new Map<string, Json | undefined>();

  constructor(form: AuthRequest['form'], cookies: Known['cookies']) {
    this.known = {
      user: null,
      name: text(form.name),
      password: text(form.password),
      login: form.login === true,
      logout: form.logout === true,
      loginAccepted: false,
      loginRejected: false,
      vetoed: false,
      values: this.values,
      cookies,
    };
    this.isLogin = this.known.login;
  }

  /** The user whom the methods so far established; an invalid one after a logout. */
  get user(): AuthUser | null {
    return this.known.user;
  }

  /**
   * Adds the answer of a method. Refusals of logins and vetoes stand until a method establishes a user.
   * @param answer its user, if any, is complete
   * @param hasOpened whether the method put a session on the request
   */
  learn(method: AuthMethod, answer: AuthResult, hasOpened: boolean): void {
    const { known } = this;
    const user = answer.user as AuthUser | null;
    const isRejected = answer.loginRejected === true;
    const isVeto = known.user?.valid === true && user === null;
    const isEstablished = user?.valid === true && user !== known.user;
    const step = stepOf(method, known.user, user, answer);
    this.trace.push(step);
    if (isRejected || isVeto)
      this.refusal = { ...step, name: answer.loginName ?? null, auditReason: answer.auditReason };
    else if (isEstablished && !hasOpened) this.refusal = null;
    const login = known.login || answer.login === true;
    // Most methods report nothing new, and the spread below is slow for a line that runs at every request.
    if (user !== known.user || login !== known.login || isRejected) {
      const loginRejected = (known.loginRejected || isRejected) && !isEstablished;
      const vetoed = (known.vetoed || isVeto) && !isEstablished;
      const accepts = answer.login === true || (login && method.logsIn === true);
      const loginAccepted = isEstablished ? accepts : known.loginAccepted && user?.valid === true;
      this.known = { ...known, user, login, loginAccepted, loginRejected, vetoed };
    }
    this.response ??= answer.response ? ownOf(answer.response, RESPONSE) : null;
    const headers = headersOf(method, answer);
    if (headers !== null) this.headers.push(headers);
    for (const [key, value] of answer.values ?? []) this.values.set(key, value);
  }
}

/** A form may hold anything; only text is a name or a password. */
function text(field: unknown): string {
  return typeof field === 'string' ? field : '';
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
