import type { SessionRecord } from './session-record.js';

export type { SessionClient, SessionKind, SessionOwner, SessionRecord } from './session-record.js';

/**
 * What a store of sessions promises. The library and the command line work through this contract alone. A store is an object
 * with these methods: an instance of a class, or a plain object whose functions share variables, such as a key.
 * `storeChecks` of `moin-sessions/testing` is the same page as checks, and every store passes them.
 *
 * A store keeps records under their ids. It knows nothing of cookies, tokens, lifetimes or users' passwords,
 * and it has no clock: `expires` is a number among others, and the caller decides what it means.
 *
 * - **Absent is not an error.** `find` of an id that is not there gives null, `update` and `delete` of it do
 *   nothing and say so. Errors are for faults of the system: `StoreError` with the remedy in its message.
 * - **Creating and updating are two things.** `create` never overwrites, `update` never creates. So a request
 *   that saves late cannot bring back what was ended meanwhile (I2).
 * - **One change at a time.** The functions `change` of `update` and `when` of `delete` run on the record as it is at that
 *   moment, alone for this id among all processes and machines (I1). They must be synchronous, and may run more than once.
 *   When one of them throws, nothing changes, and the call rejects with its error.
 * - **Whole or not at all.** A process killed at any point leaves the old record or the new one (I3).
 * - **A record that cannot be read harms only itself** (I4): `find` and `update` throw `UnreadableRecordError`,
 *   `scan` lists it, and only a `delete` without a condition, and without `keepUnreadable`, removes it.
 * - **A record that the process lacks the right to read**, or refuses for its owner, is unreadable, too. The error is a `DeniedRecordError`; a `delete` with a
 *   condition throws it, because nobody can ask the condition. The entry says `denied`; `findByUser` gives it where the store
 *   knows whose session it is.
 * - **Lists survive writes.** `scan`, `expiryCandidates` and `findByUser` give each record that is there from the beginning of
 *   the list to its end, also while the caller deletes what it was given.
 * - **Values are copies.** A caller may change what it passed in or got back: the store does not change. A value that the
 *   store could not give back as a record is refused with a `TypeError`.
 * - **Ids are checked** (I6): 32 lower-case hex digits, or a `TypeError` before any path or key is made of it.
 */
export interface SessionStore {
  /** Where the store is, as a person would name it: `file:/var/lib/app/sessions`. */
  readonly location: string;

  /**
   * Optional: loads what the store needs. Called when a site opens the store, and again after a failure. Throws a
   * `StoreError` that names the remedy when the store cannot work, so that a server does not find out at the first login.
   */
  open?(): Promise<void>;

  /** The record, or null. Also null while this id has a tombstone, even if a record was put back since. */
  find(id: string): Promise<SessionRecord | null>;

  /**
   * Keeps a new record. `exists`: the id is taken. `gone`: the id has a tombstone whose `until` is later than the record's
   * `seen`. The new record replaces a tombstone that is over.
   */
  create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'>;

  /**
   * Replaces the record by what `change` returns; when `change` returns null, the record stays as it is. The store sets
   * the revision: one more than before. Gives the new record; null when absent or left as it was.
   */
  update(id: string, change: (current: SessionRecord) => SessionRecord | null): Promise<SessionRecord | null>;

  /** Removes a record; with `when`, only if `when` returns true for the record as it is at that moment. */
  delete(id: string, options?: DeleteOptions): Promise<Removal>;

  /** The tombstone that a `delete` left under this id, or null. */
  tombstone(id: string): Promise<Tombstone | null>;

  /**
   * Every record, in no order, one at a time, without holding them all. With `prefix` (hex digits), the records whose
   * ids begin with it: a store then leaves the others unread, and finds a whole id at once.
   */
  scan(options?: ScanOptions): AsyncIterable<StoreEntry>;

  /**
   * The ids of all records that may have expired by `at` (ms), for `purge`. A store that can tell without reading the
   * records does not read them. Some of these records may not have expired: `delete` decides by the content.
   */
  expiryCandidates(at: number): AsyncIterable<string>;

  /**
   * The records of one user, by user id. The cost depends on the number of the user's living sessions, not on that of all
   * others. So records of sessions that ended or expired may be missing, unless `past` asks for them as well.
   */
  findByUser(userId: string, options?: FindByUserOptions): AsyncIterable<StoreEntry>;

  /**
   * Removes what crashes left behind, and tombstones whose `until` is `at` (ms) or earlier. Gives how many files or keys it
   * removed.
   */
  sweep(at: number): Promise<number>;

  /** Closes files, locks and connections. */
  close(): Promise<void>;
}

/** Where sessions are kept unless the options say otherwise. */
export const DEFAULT_STORE = 'file:.moin-sessions';

/** A store that can keep the site's secret with the sessions, so that server and command line agree (spec 4). */
export interface SecretKeeper {
  /** The current secret. When the store has no secret yet: with `create` a new one, else null. */
  secret(options: { create: boolean }): Promise<Buffer | null>;

  /**
   * Optional: takes over the secret of another store whose sessions are copied here, so that their cookies open them here, too.
   * `kept`: the store has this secret already. `refused`: the store has another one and holds records, whose cookies would open
   * nothing any more; nothing changes then. Refuses a secret of fewer than 32 bytes with a `TypeError`.
   */
  adoptSecret?(secret: Uint8Array): Promise<'adopted' | 'kept' | 'refused'>;

  /** Optional: every secret that the store keeps. The first signs, and is the one that `secret` gives; all verify. */
  secrets?(): Promise<readonly Buffer[]>;

  /**
   * Optional: puts the secrets `next` in the place of `current`, the first of which signs from then on. Gives false, with nothing
   * changed, when `current` is not what the store keeps. Refuses a secret of fewer than 32 bytes with a `TypeError`.
   */
  replaceSecrets?(current: readonly Uint8Array[], next: readonly Uint8Array[]): Promise<boolean>;
}

export interface ScanOptions {
  /** Up to 32 lower-case hex digits. Default: none, all records. */
  prefix?: string;
}

export interface FindByUserOptions {
  /** Give every record, also of sessions that are over. Default false. */
  past?: boolean;
}

export interface DeleteOptions {
  /** Remove only if this returns true for the record as it is at that moment. With it, an unreadable record is kept. */
  when?: (current: SessionRecord) => boolean;
  /**
   * Keep a tombstone: until `until` (ms) a `create` of this id answers `gone`, even if there was no record. The record goes
   * and the tombstone comes in one step: no `create` in between succeeds. It replaces an earlier tombstone. But where there
   * was no record, an earlier tombstone that names a successor is kept in place of this one.
   */
  tombstone?: Tombstone;
  /** Keep an unreadable record (I4); the tombstone is kept all the same. Default false: remove the record. */
  keepUnreadable?: boolean;
}

/** What is known of an id whose record was deleted on purpose: why, when, and how long to remember it. */
export interface Tombstone {
  /**
   * What ended the session. `rotated` includes a login that replaced it by one with a new token. `administrator`, `user`
   * and `limit` are as in `SessionRecord.ended`: they stand here when the store had no room for that record.
   */
  reason: 'logout' | 'rotated' | 'destroyed' | NonNullable<SessionRecord['ended']>['by'];
  /** The `reason` of `SessionRecord.ended`, where this tombstone stands in for that record. */
  text?: string;
  /** When, in ms. */
  at: number;
  /** Until when `create` answers `gone`, in ms. */
  until: number;
  /** With `rotated`: the id that took the place of this one. */
  successor?: string;
}

export interface Removal {
  removed: boolean;
  /** The record at that moment; null if there was no record, or if it was unreadable. */
  record: SessionRecord | null;
  /** The stored size of the record, in bytes. */
  bytes: number;
}

/**
 * One record as `scan` finds it. `denied`: this process lacks the right to read it, and another one may have it; `outline` is what is
 * known of it all the same, without its values, where that is enough for an `update` that ends it.
 */
export type StoreEntry =
  | { id: string; bytes: number; record: SessionRecord }
  | {
      id: string;
      bytes: number;
      record: null;
      unreadable: string;
      denied?: true;
      outline?: SessionRecord;
    };

const ID = /^[0-9a-f]{32}$/;

/** Whether this is a session id: 32 lower-case hex digits (I6). */
export function isSessionId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}

/**
 * For stores: the first line of each method that gets an id, before a path, key or query is made of it (I6).
 * @throws TypeError unless `id` is a session id
 */
export function assertSessionId(id: unknown): asserts id is string {
  if (!isSessionId(id)) throw new TypeError('a session id is 32 lower-case hex digits');
}

/**
 * For stores: the first line of a `scan` with a prefix. The empty text is the prefix of every id (I6).
 * @throws TypeError unless `prefix` could begin a session id
 */
export function assertIdPrefix(prefix: unknown): asserts prefix is string {
  if (typeof prefix !== 'string' || !/^[0-9a-f]{0,32}$/.test(prefix))
    throw new TypeError('the beginning of a session id is up to 32 lower-case hex digits');
}
