import { SerialQueue } from '../../base/serial-queue.js';
import type { SessionRecord } from '../../store/contract.js';
import type { ResponseCookie } from '../cookie/response-cookie.js';
import { eventDetails } from '../lifecycle/events.js';
import { kindOf, newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { logIn, rotate, type Superseded } from '../lifecycle/replace.js';
import type { SaveResult } from '../session.js';
import { applyChanges, type Snapshot } from '../values/changes.js';
import { applyStep, type Step } from '../values/step.js';
import type { Values } from '../values/values.js';
import { type Availability, isSaveDue, type Open, OVER, presentRecord, UNAVAILABLE } from './availability.js';
import { logInOver, logOutOf, type RouteLogin } from './route-login.js';

/** The saving of one request's session. Its operations run one after the other. */
export class Persistence {
  readonly #manager: SessionManager;
  readonly #cookie: ResponseCookie;
  readonly #values: Values;
  #state: Availability;
  readonly #queue = new SerialQueue();

  constructor(manager: SessionManager, cookie: ResponseCookie, values: Values, state: Availability) {
    this.#manager = manager;
    this.#cookie = cookie;
    this.#values = values;
    this.#state = state;
  }

  get state(): Availability {
    return this.#state;
  }

  /**
   * Whether a save would write nothing and none is under way. @throws TypeError for a value that is not JSON any more
   */
  get isSettled(): boolean {
    if (!this.#queue.isIdle) return false;
    const { changes } = this.#values.snapshot();
    return this.#state.status !== 'open' || !isSaveDue(this.#state, this.#values, changes, this.#manager);
  }

  save(): Promise<SaveResult> {
    return this.#queue.run(async () => {
      const state = this.#state;
      const snapshot = this.#values.snapshot();
      const { changes } = snapshot;
      if (state.status !== 'open') return changes.size > 0 ? 'unavailable' : 'unchanged';
      return isSaveDue(state, this.#values, changes, this.#manager)
        ? this.#write(state, snapshot)
        : 'unchanged';
    });
  }

  /**
   * Takes the step and saves its result now, with all other changes. If nothing can be saved, the result is kept for
   * this request alone.
   */
  update(step: Step): Promise<SaveResult> {
    return this.#queue.run(async () => {
      const state = this.#state;
      const result =
        state.status === 'open' ? await this.#write(state, this.#values.snapshot(), step) : 'unavailable';
      if (result !== 'saved') this.#values.set(step.key, step.take(this.#values.get(step.key)));
      return result;
    });
  }

  destroy(): Promise<void> {
    return this.#queue.run(async () => {
      const state = this.#state;
      // A visitor without a record leaves no tombstone.
      const hasRecord = state.status === 'open' && (await presentRecord(state, this.#manager)) !== null;
      if (hasRecord) await this.#manager.end(state.identity.id, 'destroyed');
      this.#values.reset();
      if (state.status === 'unavailable' || state.status === 'over') return;
      this.#state = OVER;
      this.#cookie.delete();
    });
  }

  /** @param leave keys whose values the new session does not get, unless the application has set them anew */
  rotate(leave: readonly string[]): Promise<void> {
    return this.#queue.run(async () => {
      const state = this.#state;
      if (state.status !== 'open') return;
      const identity = newIdentity(state.identity);
      const from = await presentRecord(state, this.#manager);
      if (from === null) {
        this.#state = { status: 'open', identity, record: null };
        this.#cookie.set(identity, this.#manager.firstCookieExpires(identity));
        return;
      }
      const snapshot = this.#values.snapshot(leave);
      const record = await rotate(this.#manager, from, identity, snapshot.changes);
      if (record === null) this.#drop(state.identity);
      else this.#adopt(identity, record, snapshot);
    });
  }

  /**
   * Settles a pending login: writes its session, even an empty one.
   * @param leave keys whose values the new session does not get
   * @returns false when the login was refused (S9)
   */
  async logIn(superseded: Superseded, leave: readonly string[]): Promise<boolean> {
    if (this.#state.status !== 'pending') return false;
    const { identity } = this.#state;
    const snapshot = this.#values.snapshot(leave);
    const record = await logIn(this.#manager, identity, superseded, snapshot.changes);
    if (record === null) this.#state = OVER;
    else this.#adopt(identity, record, snapshot);
    return record !== null;
  }

  /**
   * Logs a user in from a route (S4): this becomes the session of the login, under a new token.
   * @returns false when the login was refused (S9): then everything stays as it was
   */
  logInFromRoute(login: RouteLogin): Promise<boolean> {
    return this.#queue.run(async () => {
      const done = await logInOver(this.#manager, this.#state, this.#values, login);
      if (done !== null) this.#adopt(done.identity, done.record, done.snapshot);
      return done !== null;
    });
  }

  /**
   * Ends the session by a logout from a route (S6). It is empty afterwards and not available.
   * @returns the record that ended, or null
   */
  logOut(): Promise<SessionRecord | null> {
    return this.#queue.run(async () => {
      const ended = await logOutOf(this.#manager, this.#state);
      this.#values.reset();
      this.#state = UNAVAILABLE;
      this.#cookie.delete();
      return ended;
    });
  }

  /** Takes the record as the store has it now. Returns false when the session cannot be used any more. */
  reload(): Promise<boolean> {
    return this.#queue.run(async () => {
      const state = this.#state;
      if (state.status !== 'open') return false;
      const { identity } = state;
      const current = await this.#manager.current(identity, state.record !== null);
      if (current === 'over') {
        this.#values.reset();
        this.#state = OVER;
        return false;
      }
      if (current !== null) {
        this.#state = { status: 'open', identity, record: current };
        this.#values.rebase(current.data, this.#values.unsent());
      }
      return true;
    });
  }

  /** Whether a change is left that no save under way takes along. */
  hasUnsavedChanges(): Promise<boolean> {
    return this.#queue.run(
      async () => this.#state.status === 'open' && this.#values.snapshot().changes.size > 0,
    );
  }

  async #write({ identity, record }: Open, snapshot: Snapshot, step?: Step): Promise<SaveResult> {
    const { changes } = snapshot;
    const edit = (data: SessionRecord['data']) => {
      const edited = applyChanges(data, changes);
      return step === undefined ? edited : applyStep(edited, step);
    };
    const created = record === null ? await this.#manager.create(identity, edit({})) : 'exists';
    if (created === 'gone') return this.#drop(identity);
    const saved = created === 'exists' ? await this.#manager.update(identity, edit) : created;
    if (saved === null) return this.#drop(identity);
    if (created === 'exists')
      this.#manager.emit(changes.size > 0 || step ? 'saved' : 'refreshed', eventDetails(saved));
    this.#adopt(identity, saved, snapshot);
    return 'saved';
  }

  #adopt(identity: SessionIdentity, record: SessionRecord, snapshot: Snapshot): void {
    this.#state = { status: 'open', identity, record };
    this.#values.rebase(record.data, snapshot);
    if (record.cookieExpires > this.#manager.now()) this.#cookie.set(identity, record.cookieExpires);
  }

  /** I2: the session ended during this request, so its save is dropped and reported. */
  #drop(identity: SessionIdentity): 'dropped' {
    const { id, owner } = identity;
    this.#manager.emit('save-dropped', { id, kind: kindOf(identity), ...(owner && { user: owner.name }) });
    this.#state = OVER;
    return 'dropped';
  }
}
