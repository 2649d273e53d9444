import { ConfigurationError, LateLoginError } from '../base/errors.js';
import { SerialQueue } from '../base/serial-queue.js';
import { isLogin } from '../session/lifecycle/state.js';
import type { ResponseProgress } from '../session/request/response-progress.js';
import type { SessionOwner } from '../store/contract.js';
import type { LoginEvents } from './login-events.js';
import type { LoginResult } from './login-result.js';
import {
  type LogInOptions,
  logIn,
  logOut,
  type RouteResult,
  type RouteUser,
  type RouteVisit,
  recordedOwner,
} from './route-login.js';
import type { VisitUser } from './visit-user.js';

/** A visit, as far as logins and logouts from routes read and change it. */
interface ChangingVisit extends RouteVisit {
  user: VisitUser | null;
  realUser: VisitUser | null;
  loginResult: LoginResult;
  readonly events: LoginEvents;
  readonly progress: ResponseProgress | null;
}

/** The logins and logouts from routes of one visit. They run one after the other. */
export class RouteLogins {
  readonly #visit: ChangingVisit;
  readonly #queue = new SerialQueue();

  constructor(visit: ChangingVisit) {
    this.#visit = visit;
  }

  /** True when none is under way. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Resolves when those asked for so far are over. */
  settled(): Promise<void> {
    return this.#queue.run(async () => {});
  }

  async logIn(user: RouteUser, given?: LogInOptions): Promise<RouteResult> {
    const options = given ?? {};
    const owner = recordedOwner(user, options);
    if (this.#visit.progress?.hasBegun) throw new LateLoginError();
    return this.#queue.run(() => this.#logIn(user, owner, options));
  }

  async #logIn(given: RouteUser, owner: SessionOwner, options: LogInOptions): Promise<RouteResult> {
    const visit = this.#visit;
    let known = owner;
    const onName = (named: SessionOwner) => {
      known = named;
    };
    const outcome = await logIn(visit, given, owner, options, onName).catch((error: unknown) => {
      if (!(error instanceof ConfigurationError)) visit.events.failed(known, 'error', visit.session);
      throw error;
    });
    visit.loginResult = outcome.result;
    if (outcome.result !== 'accepted') visit.events.failed(outcome.user, outcome.reason, visit.session);
    else {
      visit.user = outcome.user;
      visit.realUser = outcome.user;
      visit.events.accepted(outcome.user, visit.session);
    }
    return outcome.result;
  }

  logOut(): Promise<void> {
    const visit = this.#visit;
    return this.#queue.run(async () => {
      const { realUser } = visit;
      const ended = await logOut(visit, (own) => {
        visit.user = null;
        visit.realUser = null;
        if (realUser !== null) visit.events.loggedOut(own, realUser);
      });
      // A user cookie whose session was just replaced, or that a veto closed, may have been somebody's login.
      const { now } = visit.site.manager;
      const login = ended.find((record) => isLogin(record, now()));
      if (realUser === null && login !== undefined) visit.events.loggedOut(login, null);
    });
  }
}
