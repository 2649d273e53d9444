import { SerialQueue } from '../../base/serial-queue.js';
import type { SessionRecord } from '../../store/contract.js';
import type { ResponseCookie } from '../cookie/response-cookie.js';
import { eventDetails } from '../lifecycle/events.js';
import { kindOf, newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { type Beforehand, logIn, rotate } from '../lifecycle/replace.js';
import type { SaveResult } from '../session.js';
import { applyChanges, type Changes, type Snapshot } from '../values/changes.js';
import { applyStep, type Step } from '../values/step.js';
import type { Values } from '../values/values.js';

/** What a login takes the place of, and the keys whose values do not come along. */
export interface Before extends Beforehand {
  leave: readonly string[];
}

/** The saving of one request's session: whoever holds it, what the store has of it, and every way to write it. */
export class Persistence {
  readonly #manager: SessionManager;
  readonly #cookie: ResponseCookie;
  readonly #values: Values;
  /** Null when the session is not available. */
  #identity: SessionIdentity | null;
  #record: SessionRecord | null;
  #isOver = false;
  #isPending = false;
  readonly #queue = new SerialQueue();

  constructor(
    manager: SessionManager,
    cookie: ResponseCookie,
    values: Values,
    { identity, record }: { identity: SessionIdentity | null; record: SessionRecord | null },
  ) {
    this.#manager = manager;
    this.#cookie = cookie;
    this.#values = values;
    this.#identity = identity;
    this.#record = record;
  }

  get identity(): SessionIdentity | null {
    return this.#identity;
  }

  get record(): SessionRecord | null {
    return this.#record;
  }

  /** It was available, and ended under way: that was told, and is no fault of the configuration. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A login that is not settled yet writes nothing, whoever asks. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** Keeps it from being written until `logIn`. */
  defer(): void {
    this.#isPending = true;
  }

  /** Whether a save would find nothing to do, and none is under way. @throws as a save does for what is not JSON */
  get isSettled(): boolean {
    if (!this.#queue.isIdle) return false;
    const { changes } = this.#values.snapshot();
    return !(this.#isWritable && this.#isDue(changes));
  }

  save(): Promise<SaveResult> {
    return this.#queue.run(async () => {
      const snapshot = this.#values.snapshot();
      if (!this.#isWritable) return snapshot.changes.size > 0 ? 'unavailable' : 'unchanged';
      return this.#isDue(snapshot.changes) ? this.#write(snapshot) : 'unchanged';
    });
  }

  /** Saves what changed and takes the step, at once; where nothing can be saved, the step is for this request alone. */
  update(step: Step): Promise<SaveResult> {
    return this.#queue.run(async () => {
      const result = this.#isWritable ? await this.#write(this.#values.snapshot(), step) : 'unavailable';
      if (result !== 'saved') this.#values.set(step.key, step.take(this.#values.get(step.key)));
      return result;
    });
  }

  destroy(): Promise<void> {
    return this.#queue.run(async () => {
      const identity = this.#identity;
      const hasRecord = identity !== null && !this.#isPending && (await this.#present(identity)) !== null;
      if (hasRecord) await this.#manager.end(identity.id, 'destroyed');
      this.#values.reset();
      if (identity === null) return;
      this.#detach();
      this.#cookie.delete();
    });
  }

  /** @param leave keys that do not come along, unless they have been set anew */
  rotate(leave: readonly string[]): Promise<void> {
    return this.#queue.run(async () => {
      const old = this.#identity;
      if (old === null || this.#isPending) return;
      const identity = newIdentity(old);
      const from = await this.#present(old);
      if (from === null) {
        this.#rotateUnsaved(identity);
        return;
      }
      const snapshot = this.#values.snapshot(leave);
      const record = await rotate(this.#manager, from, identity, snapshot.changes);
      if (record === null) {
        this.#drop();
        return;
      }
      this.#identity = identity;
      this.#adopt(record, snapshot);
    });
  }

  /** Writes the session of a login, even if it is empty, in place of what was there. False when it was refused (S9). */
  async logIn({ leave, ...before }: Before): Promise<boolean> {
    this.#isPending = false;
    const snapshot = this.#values.snapshot(leave);
    const identity = this.#identity as SessionIdentity;
    const record = await logIn(this.#manager, identity, before, snapshot.changes);
    if (record === null) this.#detach();
    else this.#adopt(record, snapshot);
    return record !== null;
  }

  get #isWritable(): boolean {
    return this.#identity !== null && !this.#isPending;
  }

  /** S8: what changed, a refresh that is due, an anonymous record that its new owner takes over; no empty visitors. */
  #isDue(changes: Changes): boolean {
    const record = this.#record;
    if (record === null) return this.#values.size > 0;
    if (changes.size > 0) return true;
    const owner = this.#identity?.owner ?? null;
    if (owner === null && this.#values.size === 0) return false;
    if (owner !== null && record.user === null) return true;
    return this.#manager.lifetimes.refreshDue(record, this.#manager.now());
  }

  async #write(snapshot: Snapshot, step?: Step): Promise<SaveResult> {
    const { changes } = snapshot;
    const identity = this.#identity as SessionIdentity;
    const edit = (data: SessionRecord['data']) => {
      const edited = applyChanges(data, changes);
      return step === undefined ? edited : applyStep(edited, step);
    };
    const created = this.#record === null ? await this.#manager.create(identity, edit({})) : 'exists';
    if (created === 'gone') return this.#drop();
    const record = created === 'exists' ? await this.#manager.update(identity, edit) : created;
    if (record === null) return this.#drop();
    if (created === 'exists')
      this.#manager.emit(changes.size > 0 || step ? 'saved' : 'refreshed', eventDetails(record));
    this.#adopt(record, snapshot);
    return 'saved';
  }

  /** The record as it was loaded, or as another request may have made it since. A visitor without one leaves nothing behind. */
  async #present(identity: SessionIdentity): Promise<SessionRecord | null> {
    return this.#record ?? (await this.#manager.find(identity.id)).record;
  }

  #rotateUnsaved(identity: SessionIdentity): void {
    this.#identity = identity;
    const { cookieKind, token } = identity;
    this.#cookie.set(cookieKind, token, this.#manager.firstCookieExpires(identity));
  }

  #adopt(record: SessionRecord, snapshot: Snapshot): void {
    const { token, cookieKind } = this.#identity as SessionIdentity;
    this.#record = record;
    this.#values.rebase(record.data, snapshot);
    if (record.cookieExpires <= this.#manager.now()) return;
    this.#cookie.set(cookieKind, token, record.cookieExpires);
  }

  /** I2: the session was ended while this request was under way; its save is dropped, and that is told. */
  #drop(): 'dropped' {
    const identity = this.#identity as SessionIdentity;
    const { id, owner } = identity;
    this.#manager.emit('save-dropped', { id, kind: kindOf(identity), ...(owner && { user: owner.name }) });
    this.#detach();
    return 'dropped';
  }

  /** Lets go: what is in it now is for this request alone. */
  #detach(): void {
    this.#isOver = true;
    this.#identity = null;
    this.#record = null;
  }
}
