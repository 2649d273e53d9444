import type { SessionRecord } from '../../store/contract.js';
import { newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import { type LoginOutcome, logIn, rotate, type Superseded } from '../lifecycle/replace.js';
import { LOGGED_OUT, OVER, presentRecord } from './availability.js';
import { Saving } from './saving.js';
import { logInOver, logOutOf, type RouteLogin } from './succession.js';

/** The saving of one request's session, and its ways to another token or to its end. */
export class Persistence extends Saving {
  destroy(): Promise<void> {
    return this.queue.run(async () => {
      const state = this.availability;
      // A visitor without a record leaves no tombstone.
      const hasRecord = state.status === 'open' && (await presentRecord(state, this.manager)) !== null;
      if (hasRecord) await this.manager.end(state.identity.id, 'destroyed');
      this.values.reset();
      if (state.status === 'unavailable' || state.status === 'over') return;
      this.availability = OVER;
      this.cookie.delete();
    });
  }

  /** @param leave keys whose values the new session does not get, unless the application has set them anew */
  rotate(leave: readonly string[]): Promise<void> {
    return this.queue.run(async () => {
      const state = this.availability;
      if (state.status !== 'open') return;
      const identity = newIdentity(state.identity);
      const from = await presentRecord(state, this.manager);
      if (from === null) {
        this.availability = { status: 'open', identity, record: null };
        this.cookie.set(identity, this.manager.firstCookieExpires(identity));
        return;
      }
      const snapshot = this.values.snapshot(leave);
      const record = await rotate(this.manager, from, identity, snapshot.changes);
      if (record === null) this.drop(state.identity);
      else this.adopt(identity, record, snapshot);
    });
  }

  /**
   * Settles a pending login: writes its session, even an empty one.
   * @param leave keys whose values the new session does not get
   * @returns why the login was refused, if so
   */
  async logIn(superseded: Superseded, leave: readonly string[]): Promise<LoginOutcome> {
    if (this.availability.status !== 'pending') return 'denied';
    const { identity } = this.availability;
    const snapshot = this.values.snapshot(leave);
    const record = await logIn(this.manager, identity, superseded, snapshot.changes);
    if (typeof record === 'string') {
      this.availability = OVER;
      return record;
    }
    this.adopt(identity, record, snapshot);
    return 'accepted';
  }

  /**
   * Logs a user in from a route (S4): this becomes the session of the login, under a new token.
   * @returns why the login was refused, if so: then everything stays as it was
   */
  logInFromRoute(login: RouteLogin): Promise<LoginOutcome> {
    return this.queue.run(async () => {
      const done = await logInOver(this.manager, this.availability, this.values, login);
      if (typeof done === 'string') return done;
      this.adopt(done.identity, done.record, done.snapshot);
      return 'accepted';
    });
  }

  /**
   * Ends the session by a logout from a route (S6). It is empty afterwards and not available.
   * @returns the record that ended, or null
   */
  logOut(): Promise<SessionRecord | null> {
    return this.queue.run(async () => {
      const ended = await logOutOf(this.manager, this.availability);
      this.values.reset();
      this.availability = LOGGED_OUT;
      this.cookie.delete();
      return ended;
    });
  }

  /**
   * Takes the record as the store has it now. Returns false when the session cannot be used any more.
   * @throws TypeError naming an unsaved value that is not JSON any more; the session is over then, too, if it has ended
   */
  reload(): Promise<boolean> {
    return this.queue.run(async () => {
      const state = this.availability;
      if (state.status !== 'open') return false;
      const { identity } = state;
      const current = await this.manager.current(identity, state.record !== null);
      if (current === 'over') {
        this.#endUnsaved(identity);
        return false;
      }
      if (current !== null) {
        this.availability = { status: 'open', identity, record: current };
        this.values.rebase(current.data, this.values.unsent());
      }
      return true;
    });
  }

  /** The session has ended: reports the changes that nothing saves any more (I2), and forgets all values. */
  #endUnsaved(identity: SessionIdentity): void {
    try {
      if (this.values.snapshot().changes.size > 0) this.drop(identity);
    } finally {
      this.values.reset();
      this.availability = OVER;
    }
  }
}
