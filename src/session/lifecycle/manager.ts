import { MINUTE } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { Soon } from '../../base/soon.js';
import type { SessionOwner, SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { immediateAccess } from '../../store/immediate.js';
import { lookUpOf } from '../../store/lookup.js';
import { accessTo } from './access.js';
import { tombstoneOf } from './ended.js';
import { auditDetails, type Emit, eventDetails } from './events.js';
import { type Found, findBoth, findIn } from './found.js';
import { mayUse, type SessionIdentity } from './identity.js';
import type { Lifetimes } from './lifetime.js';
import { type LimitOptions, LoginLimit } from './login-limit.js';
import { firstEnds, newRecord, renewed } from './record.js';
import { stateOf } from './state.js';

export interface ManagerOptions extends LimitOptions {
  lifetimes: Lifetimes;
  /** Whether a user, or the auth method that established the user, is refused (spec 2). Default: never. */
  isRefused?: (user: SessionOwner) => Promise<boolean>;
}

/** The longest time (ms) that a request is expected to take. */
const IN_FLIGHT = MINUTE;

/**
 * Finds, writes and ends single sessions. In a request, only this class, `replace.ts` and `LoginLimit` write sessions:
 * each rule on when a record may be written is in one of the three. `logout.ts` says which sessions a logout ends.
 */
export class SessionManager {
  readonly store: SessionStore;
  readonly lifetimes: Lifetimes;
  readonly emit: Emit;
  readonly limit: LoginLimit;
  /** The time in ms. */
  readonly now: () => number;
  readonly #isRefused: (user: SessionOwner) => Promise<boolean>;

  constructor(options: ManagerOptions) {
    const { store, lifetimes, emit, clock, isRefused = async () => false } = options;
    this.store = store;
    this.lifetimes = lifetimes;
    this.emit = emit;
    this.limit = new LoginLimit(options);
    this.now = clock;
    this.#isRefused = isRefused;
  }

  /** At once if the store can. Its record may be shared, and frozen. */
  find(id: string): Soon<Found> {
    const immediate = immediateAccess(this.store);
    const lookUp = immediate === null ? lookUpOf(this.store) : null;
    return lookUp === null ? findIn(immediate ?? this.store, id) : findBoth(lookUp, id);
  }

  /**
   * The record that an identity may use now, as at the start of a request (S2, S3). Null: the store has none yet. `over`: the
   * session has ended, cannot be read, belongs to another user by now, or its user is refused.
   * @param hadRecord whether the session has had a record, so that its absence is an end
   */
  async current(identity: SessionIdentity, hadRecord: boolean): Promise<SessionRecord | 'over' | null> {
    const found = await this.find(identity.id);
    const { record } = found;
    if (record === null) {
      if (hadRecord || found.unreadable !== null) return 'over';
      if (this.isGone(await this.tombstone(identity.id, found))) return 'over';
    } else if (accessTo(record, identity.cookieKind, identity.owner, this.now()) !== 'open') return 'over';
    const user = record?.user ?? identity.owner;
    return user !== null && (await this.#isRefused(user)) ? 'over' : record;
  }

  /** The tombstone of an id, or null. @param found what `find` gave: the store may have told it already */
  async tombstone(id: string, found: { tombstone?: Tombstone | null } = {}): Promise<Tombstone | null> {
    return found.tombstone === undefined ? this.store.tombstone(id) : found.tombstone;
  }

  /** Whether a session ended so recently that nothing can be saved under its token (S2). */
  isGone(tombstone: Tombstone | null): boolean {
    return tombstone !== null && this.now() < tombstone.until;
  }

  /**
   * Whether a newer token replaced this one within the last minute. Then the login or rotation may still be under way
   * beside this request, and a `Set-Cookie` in this response could overwrite the newer cookie.
   */
  justReplaced(tombstone: Tombstone | null): boolean {
    return tombstone?.reason === 'rotated' && this.now() < tombstone.at + IN_FLIGHT;
  }

  /** When the cookie of a token without a record expires (ms). */
  firstCookieExpires(identity: Pick<SessionIdentity, 'owner' | 'remember'>): number {
    return firstEnds(identity, this.lifetimes, { now: this.now() }).cookieExpires;
  }

  /** Writes the first record of a session. Returns `gone` also when its user may have no more sessions (S9). */
  create(identity: SessionIdentity, data: JsonObject): Promise<SessionRecord | 'exists' | 'gone'> {
    const create = () => this.#create(identity, data);
    return identity.owner === null ? create() : this.limit.inTurn(identity.owner.id, create);
  }

  async #create(identity: SessionIdentity, data: JsonObject): Promise<SessionRecord | 'exists' | 'gone'> {
    const record = newRecord(identity, data, this.lifetimes, { now: this.now() });
    const outcome = await this.store.create(record);
    if (outcome !== 'created') return outcome;
    if (record.user !== null && !(await this.limit.makeRoom(record, undefined))) {
      await this.store.delete(record.id);
      return 'gone';
    }
    this.emit('created', eventDetails(record));
    return record;
  }

  /**
   * Edits a record and moves its ends (S8). Writes nothing and returns null when the record is gone, has expired, or
   * belongs to another user by now (I2, S10). A session that a user takes over from a visitor counts towards the
   * limit of that user (S9). Writes in this turn if nothing has to wait.
   */
  async update(
    identity: SessionIdentity,
    edit: (data: JsonObject) => JsonObject,
  ): Promise<SessionRecord | null> {
    const now = this.updateNow(identity, edit);
    if (now !== 'busy') return now;
    let isTakenOver = false;
    const record = await this.store.update(identity.id, (current) => {
      isTakenOver = takesOver(identity, current);
      return this.#edited(current, identity, edit);
    });
    if (record !== null && isTakenOver) await this.limit.takeOver(record);
    return record;
  }

  /** As `update`, in this turn. `'busy'`: it has to wait, for a lock, a distant store or the limit, and nothing was done. */
  updateNow(
    identity: SessionIdentity,
    edit: (data: JsonObject) => JsonObject,
  ): SessionRecord | null | 'busy' {
    const access = immediateAccess(this.store);
    if (access === null) return 'busy';
    let isTakenOver = false;
    const record = access.update(identity.id, (current) => {
      isTakenOver = takesOver(identity, current);
      return isTakenOver ? null : this.#edited(current, identity, edit);
    });
    return isTakenOver ? 'busy' : record;
  }

  /** The record to write; null if this identity may not write it any more. */
  #edited(
    current: SessionRecord,
    identity: SessionIdentity,
    edit: (data: JsonObject) => JsonObject,
  ): SessionRecord | null {
    // Read the clock here: the session may have expired while the update waited.
    const now = this.now();
    if (stateOf(current, now) === 'expired' || !mayUse(identity, current)) return null;
    return { ...renewed(current, identity, this.lifetimes, now), data: edit(current.data) };
  }

  /**
   * Removes a session for good: late saves are dropped, and its token opens nothing any more (I2). An unreadable
   * record stays (I4), but its token opens nothing, even after a repair.
   */
  async end(id: string, reason: 'logout' | 'destroyed'): Promise<SessionRecord | null> {
    const tombstone = tombstoneOf(reason, this.now());
    const { record } = await this.store.delete(id, { tombstone, keepUnreadable: true });
    if (record !== null) this.emit('ended', { ...eventDetails(record), reason }, auditDetails(record));
    return record;
  }
}

/** Whether a user takes over a visitor's session: it then counts towards the limit of that user (S9). */
function takesOver({ owner }: SessionIdentity, { user }: SessionRecord): boolean {
  return user === null && owner !== null;
}
