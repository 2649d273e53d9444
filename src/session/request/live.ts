import type { Json } from '../../base/json.js';
import type { SessionKind, SessionRecord } from '../../store/contract.js';
import type { TokenCarrier } from '../cookie/token-carrier.js';
import { kindOf } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import type { LoginOutcome, Superseded } from '../lifecycle/replace.js';
import type { RotateOptions, SaveResult, Session, SessionIterator } from '../session.js';
import { assertKeys, Values } from '../values/values.js';
import { type Availability, identityOf, recordOf } from './availability.js';
import { Guarded, refuseCallback, refuseOverwriting } from './guard.js';
import { warnIfUnsaved } from './late-value.js';
import { Persistence } from './persistence.js';
import type { ResponseProgress } from './response-progress.js';
import type { RouteLogin } from './succession.js';
import { type Unavailability, warnUnavailable } from './unavailable-warning.js';

/** The session of one request under `moin_session` (spec 5). `Values` holds its values, `Persistence` saves them. */
export class LiveSession extends Guarded implements Session {
  readonly #values: Values;
  readonly #persistence: Persistence;
  readonly #whyUnavailable: (why: Unavailability | undefined) => Unavailability;
  #progress: ResponseProgress | null = null;

  /** @param whyUnavailable asked when a value is set on a session that is not available; `why` as in its state */
  constructor(
    manager: SessionManager,
    carrier: TokenCarrier,
    state: Availability,
    whyUnavailable: (why: Unavailability | undefined) => Unavailability,
  ) {
    super();
    this.#whyUnavailable = whyUnavailable;
    this.#values = new Values(recordOf(state)?.data);
    this.#persistence = new Persistence(manager, carrier, this.#values, state);
  }

  get id(): string | null {
    return identityOf(this.#persistence.state)?.id ?? null;
  }

  get kind(): SessionKind {
    const identity = identityOf(this.#persistence.state);
    return identity === null ? 'anonymous' : kindOf(identity);
  }

  /** The id of the session's user; null for a visitor's session. */
  get ownerId(): string | null {
    return identityOf(this.#persistence.state)?.owner?.id ?? null;
  }

  get available(): boolean {
    return identityOf(this.#persistence.state) !== null;
  }

  get isNew(): boolean {
    const { state } = this.#persistence;
    return state.status === 'pending' || recordOf(state) === null;
  }

  get expires(): Date | null {
    const record = recordOf(this.#persistence.state);
    return record && new Date(record.expires);
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): never {
    return this.#values.get(key) as never;
  }

  set(key: string, value: unknown): this {
    this.#values.set(key, value as Json);
    this.#warnUnlessKept(key);
    this.#watchLate(key);
    return this;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  delete(key: string): boolean {
    const isRemoved = this.#values.delete(key);
    this.#watchLate(key);
    return isRemoved;
  }

  take(key: string): never {
    const value = this.#values.take(key);
    this.#watchLate(key);
    return value as never;
  }

  clear(): void {
    const [first] = this.#values.keys();
    this.#values.clear();
    if (first !== undefined) this.#watchLate(first);
  }

  keys(): SessionIterator<string> {
    return this.#values.keys();
  }

  values(): SessionIterator<Json> {
    return this.#values.live().values();
  }

  entries(): SessionIterator<[string, Json]> {
    return this.#values.live().entries();
  }

  [Symbol.iterator](): SessionIterator<[string, Json]> {
    return this.entries();
  }

  toJSON(): { [key: string]: Json } {
    return Object.fromEntries(this.entries());
  }

  /** Whether there is nothing to save and no save under way. @throws TypeError for a value that is not JSON any more */
  get isSettled(): boolean {
    return this.#persistence.isSettled;
  }

  /** As `save`, in this turn. False when it has to wait: then nothing is done. @throws as `save` */
  saveNow(): boolean {
    return this.#persistence.saveNow();
  }

  save(...unexpected: unknown[]): Promise<SaveResult> {
    refuseCallback('save', unexpected[0]);
    return this.#persistence.save();
  }

  reload(...unexpected: unknown[]): Promise<boolean> {
    refuseCallback('reload', unexpected[0]);
    return this.#persistence.reload();
  }

  async update(key: string, fn: (current: never) => unknown): Promise<never> {
    const take = (current: Json | undefined) => fn(current as never) as Json;
    const result = await this.#persistence.update({ key, take });
    if (result !== 'saved') this.#warnUnlessKept(key);
    // The session's own value: changes made in it are saved, as with `get`.
    return this.#values.get(key) as never;
  }

  destroy(...unexpected: unknown[]): Promise<void> {
    refuseCallback('destroy', unexpected[0]);
    return this.#persistence.destroy();
  }

  rotate(options: RotateOptions = {}): Promise<void> {
    refuseCallback('rotate', options);
    return this.#rotate(options);
  }

  async #rotate(options: RotateOptions): Promise<void> {
    const { leave = [] } = options ?? {};
    assertKeys('leave', leave);
    for (const key of leave) this.#values.delete(key);
    await this.#persistence.rotate(leave);
  }

  /** Settles a pending login: see `Persistence`. */
  logIn(superseded: Superseded, leave: readonly string[]): Promise<LoginOutcome> {
    return this.#persistence.logIn(superseded, leave);
  }

  /** Logs a user in from a route (S4): see `Persistence`. */
  logInFromRoute(login: RouteLogin): Promise<LoginOutcome> {
    return this.#persistence.logInFromRoute(login);
  }

  /** Logs out from a route (S6): see `Persistence`. */
  logOut(): Promise<SessionRecord | null> {
    return this.#persistence.logOut();
  }

  /** Tells the session how far its response is, so that it can warn of a value that nothing saves any more. */
  follow(progress: ResponseProgress): void {
    this.#progress = progress;
  }

  #watchLate(key: string): void {
    if (this.#progress?.hasEnded) warnIfUnsaved(key, () => this.#persistence.hasUnsavedChanges());
  }

  /** S1: a value set on a request that never had a session is kept for this request alone. */
  #warnUnlessKept(key: string): void {
    const { state } = this.#persistence;
    if (state.status === 'unavailable') warnUnavailable(key, this.#whyUnavailable(state.why));
  }
}

refuseOverwriting(LiveSession.prototype);
