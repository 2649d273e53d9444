import { setTimeout } from 'node:timers/promises';
import { isError } from '../../base/realm.js';
import type { SessionStore } from '../../store/contract.js';
import { basicChecks } from './basics.js';
import { changeChecks } from './changes.js';
import type { ContractCheck, StoreUnderTest } from './check.js';
import { damageChecks } from './damage.js';
import { deleteChecks } from './deletes.js';
import { endedChecks } from './ended.js';
import { inputChecks } from './inputs.js';
import { listChecks } from './lists.js';
import { listAndDeleteChecks } from './lists-and-deletes.js';
import { raceChecks } from './races.js';
import { secretChecks } from './secrets.js';
import { tombstoneChecks } from './tombstones.js';

/** How to open a kind of store. Each check opens a new store, and closes and removes it at its end. */
export interface StoreKind<Store extends SessionStore = SessionStore> {
  /** Opens a new, empty store. */
  open(): Store | Promise<Store>;
  /**
   * Opens the same store once more, as another process does. Default: `store` itself, for a store that lives in one
   * process; then nothing is checked of several.
   */
  reopen?(store: Store): SessionStore | Promise<SessionStore>;
  /**
   * Puts a text in place of the record of `id`, in the way in which the store keeps the text of `storable` (encrypted, if
   * it encrypts), beside any tombstone. Default: the checks of unreadable records and of records from before are left out.
   */
  plant?(store: Store, id: string, text: string): unknown;
  /** Removes the store, which is closed. Default: nothing. */
  remove?(store: Store): unknown;
  /** How long one check may take, in ms. Default 20 seconds. */
  timeLimit?: number;
}

/** One check of the suite, for any test runner: `test(title, run)`. */
export interface StoreCheck {
  title: string;
  /** Rejects with a `BrokenContractError`. */
  run: () => Promise<void>;
}

/** A store breaks its contract: the message quotes the sentence, and says what was seen instead. */
export class BrokenContractError extends Error {
  constructor(promise: string, cause: unknown) {
    const seen = isError(cause) ? cause.message : String(cause);
    super(`the store breaks this sentence of its contract: "${promise}"\n\n${seen}`, { cause });
    this.name = 'BrokenContractError';
  }
}

/** The checks with what they need. */
const CONTRACT: readonly ContractCheck[] = [
  ...basicChecks,
  ...inputChecks,
  ...changeChecks,
  ...deleteChecks,
  ...tombstoneChecks,
  ...endedChecks,
  ...listChecks,
  ...listAndDeleteChecks,
  ...raceChecks,
  ...damageChecks,
  ...secretChecks,
];

/**
 * The contract of `SessionStore` as checks, for a store of one's own. Every store of this package passes them.
 *
 *     for (const { title, run } of storeChecks({ open: () => new MyStore() })) test(title, run);
 */
export function storeChecks<Store extends SessionStore>(kind: StoreKind<Store>): StoreCheck[] {
  const checks = CONTRACT.filter(({ plants }) => !plants || kind.plant !== undefined);
  return checks.map((check) => ({ title: check.title, run: () => runCheck(check, kind) }));
}

/** The default of `timeLimit`, in ms. */
const TIME_LIMIT = 20_000;

/** Rejects after `limit` ms: a store that never answers, such as one that keeps a lock, would say nothing otherwise. */
async function noAnswer(limit: number, signal: AbortSignal): Promise<never> {
  // The timer keeps the process alive until then.
  await setTimeout(limit, undefined, { signal }).catch(() => new Promise<never>(() => {}));
  throw new Error(
    `a call has not answered within ${limit} ms: does it give back each lock, also when \`change\` throws?`,
  );
}

async function runCheck<Store extends SessionStore>(
  { promise, run }: ContractCheck,
  kind: StoreKind<Store>,
): Promise<void> {
  await withStore(kind, async (given) => {
    const answers = new AbortController();
    try {
      await Promise.race([run(given), noAnswer(kind.timeLimit ?? TIME_LIMIT, answers.signal)]);
    } catch (error) {
      throw new BrokenContractError(promise, error);
    } finally {
      answers.abort();
    }
  });
}

/** Opens a new store, runs something with it, and closes and removes it. */
export async function withStore<Store extends SessionStore>(
  kind: StoreKind<Store>,
  run: (given: StoreUnderTest) => Promise<void>,
): Promise<void> {
  const store = await kind.open();
  const opened: SessionStore[] = [store];
  const reopen = async () => {
    const again = (await kind.reopen?.(store)) ?? store;
    if (opened.includes(again)) return again;
    opened.push(again);
    await again.open?.();
    return again;
  };
  const plant = async (id: string, text: string) => void (await kind.plant?.(store, id, text));
  try {
    await store.open?.();
    await run({ store, reopen, plant });
  } finally {
    try {
      for (const one of opened.reverse()) await one.close();
    } finally {
      await kind.remove?.(store);
    }
  }
}
