import { DeniedRecordError, errorCode, MoinSessionsError, StoreError } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import type { AdminOptions, KeptBecause } from './report.js';

/** What was done with one session. Null for a session that does not count, such as one that is no longer there. */
export type Outcome = { done: boolean; bytes: number; kept?: KeptBecause } | null;

export interface Tally {
  matched: number;
  done: number;
  kept: number;
  failed: number;
  bytes: number;
  /** The fault that stopped the work, because all other sessions would fail as well; null for none. */
  fault: StoreError | null;
  /** The first failure of a session, if there is no `onFailure`; else null. Want of a right comes last. */
  unreported: MoinSessionsError | null;
}

/** Every further write fails with the same code. */
const HOPELESS: ReadonlySet<string | undefined> = new Set([...DISK_FULL, 'EROFS', 'ENOLCK']);
/** This many equal faults in a row are the store's, not those of single sessions. */
const TOO_MANY = 3;

/** Counts the outcomes of an action on many sessions, and reports each one to the caller's functions. */
export class Counter {
  readonly tally: Tally = {
    matched: 0,
    done: 0,
    kept: 0,
    failed: 0,
    bytes: 0,
    fault: null,
    unreported: null,
  };
  readonly #options: AdminOptions;
  readonly #isFaultOfStore = faultCounter();
  #looked = 0;

  constructor(options: AdminOptions) {
    this.#options = options;
  }

  /** Whether a fault of the store has stopped the work. */
  get isStopped(): boolean {
    return this.tally.fault !== null;
  }

  succeeded(id: string, outcome: Outcome): void {
    if (outcome !== null) count(this.tally, outcome);
    if (outcome?.done) this.#options.onDone?.(id);
    else if (outcome?.kept !== undefined) this.#options.onKept?.(id, outcome.kept);
    this.#isFaultOfStore(null);
    this.#progress();
  }

  /** @throws `error` when it is no error of this library */
  failed(id: string, error: unknown): void {
    if (!(error instanceof MoinSessionsError)) throw error;
    // What was tried meanwhile failed for the same reason.
    if (this.isStopped) return;
    const { tally } = this;
    const { onFailure } = this.#options;
    tally.matched += 1;
    tally.failed += 1;
    if (this.#isFaultOfStore(error)) {
      tally.fault = error;
      return;
    }
    if (onFailure === undefined) tally.unreported = tellingMore(tally.unreported, error);
    else onFailure(id, error);
    this.#progress();
  }

  #progress(): void {
    this.#looked += 1;
    this.#options.onProgress?.(this.tally.done, this.#looked);
  }
}

/** The first failure; one for want of a right gives way to any other, for it lasts until somebody mends it. */
function tellingMore(first: MoinSessionsError | null, next: MoinSessionsError): MoinSessionsError {
  return first === null || (first instanceof DeniedRecordError && !(next instanceof DeniedRecordError))
    ? next
    : first;
}

/** Returns a function that gets each session's error, or null, and returns whether it is a fault of the whole store. */
function faultCounter(): (error: MoinSessionsError | null) => error is StoreError {
  let code: string | undefined;
  let inARow = 0;
  return (error): error is StoreError => {
    if (!(error instanceof StoreError)) {
      inARow = 0;
      return false;
    }
    const latest = errorCode(error.cause);
    inARow = inARow > 0 && latest === code ? inARow + 1 : 1;
    code = latest;
    return HOPELESS.has(code) || inARow === TOO_MANY;
  };
}

function count(tally: Tally, { done, bytes }: NonNullable<Outcome>): void {
  tally.matched += 1;
  if (done) {
    tally.done += 1;
    tally.bytes += bytes;
  } else {
    tally.kept += 1;
  }
}
