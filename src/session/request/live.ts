import type { Json } from '../../base/json.js';
import { warn } from '../../base/warn.js';
import type { SessionKind } from '../../store/contract.js';
import type { ResponseCookie } from '../cookie/response-cookie.js';
import { kindOf } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import type { Superseded } from '../lifecycle/replace.js';
import type { RotateOptions, SaveResult, Session, SessionIterator } from '../session.js';
import { assertKeys, Values } from '../values/values.js';
import { type Availability, identityOf, recordOf } from './availability.js';
import { Guarded, refuseCallback, refuseOverwriting } from './guard.js';
import { Persistence } from './persistence.js';

/** The session of one request under `moin_session` (spec 5). `Values` holds its values, `Persistence` saves them. */
export class LiveSession extends Guarded implements Session {
  readonly #values: Values;
  readonly #persistence: Persistence;
  readonly #fromOtherSite: boolean;

  constructor(manager: SessionManager, cookie: ResponseCookie, state: Availability, fromOtherSite = false) {
    super();
    this.#fromOtherSite = fromOtherSite;
    this.#values = new Values(recordOf(state)?.data);
    this.#persistence = new Persistence(manager, cookie, this.#values, state);
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
    return this;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
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

  save(...unexpected: unknown[]): Promise<SaveResult> {
    refuseCallback('save', unexpected[0]);
    return this.#persistence.save();
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
    const { leave = [] } = options;
    assertKeys('leave', leave);
    for (const key of leave) this.#values.delete(key);
    return this.#persistence.rotate(leave);
  }

  /** Settles a pending login: see `Persistence`. */
  logIn(superseded: Superseded, leave: readonly string[]): Promise<boolean> {
    return this.#persistence.logIn(superseded, leave);
  }

  /** S1: a value set on a request that never had a session is kept for this request alone. */
  #warnUnlessKept(key: string): void {
    if (this.#persistence.state.status === 'unavailable') warnUnavailable(key, this.#fromOtherSite);
  }
}

refuseOverwriting(LiveSession.prototype);

/** The remedies of the warnings that were emitted so far. */
const warned = new Set<string>();

/** S1: warns once in a process for each remedy, because any stranger can cause the cross-site warning. */
function warnUnavailable(key: string, fromOtherSite: boolean): void {
  const remedy = fromOtherSite
    ? "another site sent it, so the browser left out the visitor's cookie: check session.available first, or put that site into 'trustedOrigins' if it is yours"
    : "check session.available first, or give visitors sessions with 'moin_anon_session' and anonymousCookieLifetime";
  if (warned.has(remedy)) return;
  warned.add(remedy);
  warn(
    'MOIN_SESSIONS_UNAVAILABLE',
    `session key ${JSON.stringify(key)} was set on a request that has no session, so it is kept for this request alone; ${remedy}`,
  );
}
