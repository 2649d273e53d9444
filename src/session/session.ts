import type { Json } from '../base/json.js';
import type { SessionKind } from '../store/contract.js';

/**
 * The keys that an application keeps in its sessions, with their types. Extend it:
 *
 *     declare module 'moin-sessions' {
 *       interface SessionValues { cart: string[] }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be extended by applications
export interface SessionValues {}

type KnownKey = keyof SessionValues & string;
type Value<K extends string> = K extends KnownKey ? SessionValues[K] : Json;

/** What became of a `save()`. `dropped`: the session was ended meanwhile (I2). */
export type SaveResult = 'saved' | 'unchanged' | 'dropped' | 'unavailable';

/** What a `Map` gives: a `MapIterator`, or, before TypeScript 5.6 had that, an `IterableIterator`. */
export type SessionIterator<T> = ReturnType<Map<unknown, T>['values']>;

export interface RotateOptions {
  /** Keys whose values do not come along: what somebody else may have planted, such as a CSRF token. Default: none. */
  leave?: readonly string[];
}

/**
 * A request's session: dict-like in the way of `Map`, saved by itself at `visit.commit()` (spec 5).
 * Any object that follows this interface may be put on a request by an auth method (spec 3).
 */
export interface Session extends Iterable<[string, Json]> {
  /** The digest of the token, as store, logs and command line know it; null while there is no token. */
  readonly id: string | null;
  readonly kind: SessionKind;
  /** True when values put into it will be saved (spec 2). */
  readonly available: boolean;
  /** True until there is a record of it in the store. */
  readonly isNew: boolean;
  /** From when on the saved state may be removed; null while there is none. */
  readonly expires: Date | null;

  /** The value itself, not a copy: what is changed in place is saved as well. */
  get<K extends string>(key: K): Value<K> | undefined;
  /** @throws TypeError naming the key, when the value is not JSON. */
  set<K extends string>(key: K, value: Value<K>): this;
  has(key: string): boolean;
  delete(key: string): boolean;
  clear(): void;
  keys(): SessionIterator<string>;
  values(): SessionIterator<Json>;
  entries(): SessionIterator<[string, Json]>;
  readonly size: number;
  toJSON(): { [key: string]: Json };

  /** Saves what changed, now. @throws StoreError when the store cannot. */
  save(): Promise<SaveResult>;
  /** Ends the session: record gone, cookie deleted with the response, values gone, no longer available. */
  destroy(): Promise<void>;
  /** Moves the session to a new token and id; the old ones are worthless from now on. */
  rotate(options?: RotateOptions): Promise<void>;
  /**
   * Sets `key` to what `fn` makes of its present value, atomically over all requests, processes and machines,
   * and at once. `fn` must be synchronous and may run more than once.
   * @returns the new value
   */
  update<K extends string>(key: K, fn: (current: Value<K> | undefined) => Value<K>): Promise<Value<K>>;
}

/** The key that holds the id of the user whom a superuser has changed to (spec 5). */
export const SETUID = 'setuid';

const METHODS = [
  'get',
  'set',
  'has',
  'delete',
  'clear',
  'keys',
  'values',
  'entries',
  'toJSON',
  'save',
  'destroy',
  'rotate',
  'update',
];
const PROPERTIES = ['id', 'kind', 'available', 'isNew', 'expires', 'size'];

/** What an object lacks to be a `Session`: the names of the missing members (spec 3). */
export function missingSessionMembers(candidate: unknown): string[] {
  if (typeof candidate !== 'object' || candidate === null) return [...METHODS, ...PROPERTIES];
  const object = candidate as Record<string | symbol, unknown>;
  const missing = METHODS.filter((name) => typeof object[name] !== 'function');
  missing.push(...PROPERTIES.filter((name) => !(name in object)));
  if (typeof object[Symbol.iterator] !== 'function') missing.push('[Symbol.iterator]');
  return missing;
}
