import type { Json } from '../base/json.js';
import type { SessionKind } from '../store/contract.js';
import type { JsonLike, SessionKey, SessionValues, Settable, Step, ValueOf } from './session-values.js';

/**
 * The result of `save()`. `dropped`: the session ended during the request, and this save was the first to find out, so
 * nothing was saved (I2). `unavailable`: the session is not available, or not any more, so its values are kept for this
 * request alone (S1).
 */
export type SaveResult = 'saved' | 'unchanged' | 'dropped' | 'unavailable';

/** The type of the iterators of `Map`: `MapIterator`, or `IterableIterator` before TypeScript 5.6. */
export type SessionIterator<T> = ReturnType<Map<unknown, T>['values']>;

/** A key that a new session may leave behind: the application's, or the library's `trail`. */
export type LeftKey = SessionKey | 'trail';

export interface RotateOptions {
  /**
   * Keys whose values the new session does not get, such as a CSRF token that an attacker may have planted. Default:
   * none.
   */
  leave?: readonly LeftKey[];
}

/**
 * A request's session: a dictionary like `Map`, which `visit.commit()` saves (spec 5). An auth method may put an
 * object of its own with this interface on a request (spec 3).
 *
 * @typeParam Values the types of the values by their keys. Default: `SessionValues`, which the application extends
 */
export interface Session<Values extends object = SessionValues> extends Iterable<[string, Json]> {
  /** The digest of the token: the id in the store, in logs and on the command line. Null without a token. */
  readonly id: string | null;
  readonly kind: SessionKind;
  /** Whether the session's values can be saved (spec 2). If not, they are kept for this request alone. */
  readonly available: boolean;
  /** True while the store has no record of the session. */
  readonly isNew: boolean;
  /** When the saved state expires: a purge removes it from then on. Null while nothing is saved. */
  readonly expires: Date | null;

  /** The value itself, not a copy: changes made in it are saved too. */
  get<K extends SessionKey<Values>>(key: K): ValueOf<Values, K> | undefined;
  /** @throws TypeError naming the key, when the value is not JSON. */
  set<K extends SessionKey<Values>, V extends Settable<Values, K>>(
    key: K,
    value: V & JsonLike<V, Settable<Values, K>>,
  ): this;
  has(key: SessionKey<Values>): boolean;
  delete(key: SessionKey<Values>): boolean;
  /**
   * Removes the key and returns the value that it had: for flash messages. Two requests at once may both get it. A value
   * that must not work twice, such as a one-time secret, is claimed with `update`.
   */
  take<K extends SessionKey<Values>>(key: K): ValueOf<Values, K> | undefined;
  clear(): void;
  keys(): SessionIterator<string>;
  values(): SessionIterator<Json>;
  entries(): SessionIterator<[string, Json]>;
  readonly size: number;
  toJSON(): { [key: string]: Json };

  /** Saves the changes now. @throws StoreError when the store cannot be written. */
  save(): Promise<SaveResult>;
  /**
   * Reads the session again, for long requests: the values as the store has them now, with this request's own unsaved
   * changes on top, merged as by a save. `visit.user` stays that of the request's beginning.
   * @returns false when the session has ended meanwhile or its user is refused: it is empty and not available then, and
   *   unsaved changes are dropped, with the event `save-dropped` (I2). False also for a session that was not available
   *   before; its values stay
   * @throws StoreError when the store or the user directory is out of reach; TypeError when the session has ended with an
   *   unsaved value that is not JSON any more
   */
  reload(): Promise<boolean>;
  /**
   * Ends the session: removes its record and its values, and deletes the cookie with the response. The session is not
   * available afterwards.
   */
  destroy(): Promise<void>;
  /** Moves the session to a new token and id. The old token opens nothing from then on. */
  rotate(options?: RotateOptions): Promise<void>;
  /**
   * Sets `key` to the result of `fn`, which gets the current value, and saves at once. Atomic over all requests,
   * processes and machines. `fn` must be synchronous and may run more than once: its last run counts. If the session is not
   * available, or has ended meanwhile, `fn` gets this request's own value, and its result is kept for this request alone.
   * @returns the new value
   */
  update<K extends SessionKey<Values>, F extends Step<Values, K>>(
    key: K,
    fn: F & Step<Values, K, JsonLike<ReturnType<F>, Settable<Values, K>>>,
  ): Promise<ValueOf<Values, K>>;
}

/**
 * A session that takes every key, with any JSON value, whatever `SessionValues` declares. Each `Session` is one:
 *
 *     const open: AnySession = visit.session;
 */
// biome-ignore lint/suspicious/noExplicitAny: of no other argument the compiler lets each `Session` be one
export type AnySession = Session<any>;

/** The key under which a session holds the id of the user that a superuser has changed to (spec 5). */
export const SETUID = 'setuid';

const METHODS = [
  'get',
  'set',
  'has',
  'delete',
  'take',
  'clear',
  'keys',
  'values',
  'entries',
  'toJSON',
  'save',
  'reload',
  'destroy',
  'rotate',
  'update',
];
const PROPERTIES = ['id', 'kind', 'available', 'isNew', 'expires', 'size'];

/** The names of the `Session` members that an object lacks (spec 3). */
export function missingSessionMembers(candidate: unknown): string[] {
  if (typeof candidate !== 'object' || candidate === null) return [...METHODS, ...PROPERTIES];
  const object = candidate as Record<string | symbol, unknown>;
  const missing = METHODS.filter((name) => typeof object[name] !== 'function');
  missing.push(...PROPERTIES.filter((name) => !(name in object)));
  if (typeof object[Symbol.iterator] !== 'function') missing.push('[Symbol.iterator]');
  return missing;
}
