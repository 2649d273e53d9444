import { MoinSessionsError, StoreError } from '../../base/errors.js';
import type { StoreEntry } from '../../store/contract.js';
import { isDisabled, type UserDirectory } from '../../users/directory.js';
import { isOfChain } from '../lifecycle/chain-names.js';
import { stateOf } from '../lifecycle/state.js';

/** What `Refusals` asks. A missing field refuses no session. */
export interface Authorities {
  users?: UserDirectory | undefined;
  /** The names of the auth methods in the site's chain. */
  methods?: readonly string[] | undefined;
}

/** Methods of sessions that the application alone judges: express-session asks neither the directory nor the chain. */
const UNJUDGED = /^express-session(:|$)/;

/** Whether the directory decides on sessions of this auth method. */
export function isJudged(method: string): boolean {
  return !UNJUDGED.test(method);
}

/** The number of users to remember. */
const MOST_KNOWN = 50_000;

/** Judges whether sessions before their `cookieExpires` are refused (spec 2). Asks the directory once for each user. */
export class Refusals {
  readonly #authorities: Authorities;
  /** The verdict by user id, in two halves, of which the older one goes: under its lock a session is judged once more. */
  #known = new Map<string, boolean>();
  #older: ReadonlyMap<string, boolean> = new Map();
  /** The verdict by auth method; null if it depends on the user. */
  readonly #methods = new Map<string, boolean | null>();

  constructor(authorities: Authorities) {
    this.#authorities = authorities;
  }

  /** The verdict at `now` (ms), without a question to the directory; undefined if only the directory can tell. */
  known({ record }: StoreEntry, now: number): boolean | undefined {
    const user = record?.user ?? null;
    if (record === null || user === null || stateOf(record, now) !== 'active') return false;
    return this.#byMethod(user.method) ?? this.#known.get(user.id) ?? this.#older.get(user.id);
  }

  /** The verdict at `now` (ms). @throws StoreError when the directory fails */
  async judge(entry: StoreEntry, now: number): Promise<boolean> {
    const known = this.known(entry, now);
    const { users } = this.#authorities;
    const id = entry.record?.user?.id;
    if (known !== undefined || users === undefined || id === undefined) return known ?? false;
    const user = await askDirectory(users, (directory) => directory.findById(id));
    const refused = user === null || isDisabled(user);
    this.#remember(id, refused);
    return refused;
  }

  #remember(userId: string, refused: boolean): void {
    if (this.#known.size >= MOST_KNOWN / 2) {
      this.#older = this.#known;
      this.#known = new Map();
    }
    this.#known.set(userId, refused);
  }

  /** Why a session is refused, in words; null for one that is not. @throws StoreError when the directory fails */
  async because(entry: StoreEntry, now: number): Promise<string | null> {
    const user = entry.record?.user ?? null;
    if (user === null || !(await this.judge(entry, now))) return null;
    const { users, methods } = this.#authorities;
    if (methods !== undefined && !isOfChain(user.method, methods))
      return `its auth method ${JSON.stringify(user.method)} left the chain`;
    const known = users && (await askDirectory(users, (directory) => directory.findById(user.id)));
    return known
      ? 'its user is disabled'
      : `its user is gone: the directory has no id ${JSON.stringify(user.id)}`;
  }

  #byMethod(method: string): boolean | null {
    const known = this.#methods.get(method);
    if (known !== undefined) return known;
    const judged = judgeMethod(method, this.#authorities);
    this.#methods.set(method, judged);
    return judged;
  }
}

/** The verdict on an auth method; null if it depends on the user. */
function judgeMethod(method: string, { users, methods }: Authorities): boolean | null {
  if (!isJudged(method)) return false;
  if (methods !== undefined && !isOfChain(method, methods)) return true;
  return users === undefined ? false : null;
}

/** Asks a user directory, which may be the application's own. @throws StoreError when it throws */
export async function askDirectory<T>(
  users: UserDirectory,
  ask: (users: UserDirectory) => Promise<T>,
): Promise<T> {
  try {
    return await ask(users);
  } catch (error) {
    if (error instanceof MoinSessionsError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the user directory cannot be asked (${reason}): see that it can be reached`, {
      cause: error,
    });
  }
}
