import type { Clock } from '../base/clock.js';
import type { UserDatabase } from './database.js';
import { newFields } from './fields.js';
import { hashesAtOnce, meansHere } from './import-slots.js';
import { conflict, type ImportedUser, type UserToImport, type Verdict, verdictOn } from './import-verdict.js';
import { type MoinPassword, readMoinPassword } from './legacy/moin-password.js';
import { harmlessName } from './name.js';
import { wrapHash } from './password.js';
import { NO_PASSWORD } from './phc.js';
import { type InSlot, ownSlots, type ScryptParameters, withHashingSlot } from './scrypt.js';
import type { UserSnapshot } from './snapshot.js';
import type { StoredUser } from './user-file.js';

/** How many users each slot hashes, some three seconds, before the file is replaced. */
const BATCH = 8;
/** The slots that logins share. */
const SHARED = 2;

/** A user of the list with what is known before anything is written. */
interface Candidate {
  user: UserToImport;
  password: MoinPassword;
  verdict: Verdict;
  /** What the file is to hold for the password; null for a user who is not imported. */
  stored: string | null;
}

/** The options of `FileUserDirectory.importMoinUsers`, which documents them. */
export interface ImportOptions {
  dryRun?: boolean;
  allCores?: boolean;
}

/** Takes users of a wiki into the user file. */
export class UserImport {
  readonly #database: UserDatabase;
  readonly #scrypt: ScryptParameters;
  readonly #clock: Clock;
  /** The ids of the users that this import takes, by their names and ids: of two with one of these the first comes along. */
  readonly #taken = new Map<string, string>();

  constructor(database: UserDatabase, scrypt: ScryptParameters, clock: Clock) {
    this.#database = database;
    this.#scrypt = scrypt;
    this.#clock = clock;
  }

  /** Gives what became of each user, in order, as soon as it is written. */
  async *run(
    users: Iterable<UserToImport>,
    { dryRun = false, allCores = false }: ImportOptions = {},
  ): AsyncGenerator<ImportedUser> {
    if (!dryRun) this.#database.assertWritable();
    const slots = allCores ? hashesAtOnce(meansHere(), this.#scrypt) : SHARED;
    const inSlot = allCores ? ownSlots(slots) : withHashingSlot;
    for (const batch of batchesOf(users, BATCH * slots)) {
      const known = this.#database.read();
      const candidates = batch.map((user) => this.#judge(user, known));
      if (dryRun) yield* candidates.map(toResult);
      else yield* await this.#write(candidates, inSlot);
    }
  }

  #judge(user: UserToImport, known: UserSnapshot): Candidate {
    const password = readMoinPassword(user.encPassword);
    let verdict = verdictOn(user, known);
    if (verdict.result !== 'imported') return { user, password, verdict, stored: null };
    const other = this.#taken.get(verdict.name) ?? this.#taken.get(user.id);
    if (other === undefined) for (const key of [verdict.name, user.id]) this.#taken.set(key, user.id);
    else verdict = conflict(verdict.name, `the user ${other} of the wiki has the same name or id`);
    return { user, password, verdict, stored: null };
  }

  /** Hashes first, and then decides anew under the lock: others may add users meanwhile. */
  async #write(candidates: readonly Candidate[], inSlot: InSlot): Promise<ImportedUser[]> {
    const ready = await Promise.all(
      candidates.map(async (candidate) => ({ ...candidate, stored: await this.#hashOf(candidate, inSlot) })),
    );
    if (ready.every(({ stored }) => stored === null)) return ready.map(toResult);
    return this.#database.change((file, known) =>
      ready.map((candidate) => {
        if (candidate.stored === null) return toResult(candidate);
        const verdict = verdictOn(candidate.user, known);
        if (verdict.result === 'imported') file.users.push(this.#entry(candidate, candidate.stored));
        return toResult({ ...candidate, verdict });
      }),
    );
  }

  async #hashOf({ user, password: { hash }, verdict }: Candidate, inSlot: InSlot): Promise<string | null> {
    if (verdict.result !== 'imported') return null;
    return hash === null ? NO_PASSWORD : wrapHash(hash, this.#scrypt, user.name, inSlot);
  }

  #entry({ user, verdict }: Candidate, password: string): StoredUser {
    const { id, disabled, fields = {}, created = this.#clock() } = user;
    return { ...newFields(fields), id, name: verdict.name, password, disabled, created };
  }
}

function toResult({ user, password, verdict }: Candidate): ImportedUser {
  const { scheme, flaw } = password;
  const isLocked = flaw !== null && verdict.result === 'imported';
  return {
    id: harmlessName(user.id),
    disabled: user.disabled,
    scheme,
    hasPassword: flaw === null,
    ...verdict,
    reason: isLocked ? lockedReason(password) : verdict.reason,
  };
}

function lockedReason({ scheme, flaw }: MoinPassword): string {
  const why = scheme === null ? 'the wiki has none' : `of the wiki's hash, ${flaw}`;
  return `no password opens this account until 'moin-sessions users passwd' sets one: ${why}`;
}

function* batchesOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
