/** Key of a store's `StoreGaps`. */
export const GAPS: unique symbol = Symbol('moin-sessions.gaps');

/** What to do about what is refused for its owner. */
export const FOREIGN_REMEDY =
  "run this as the user of the servers, or mend owners as 'moin-sessions check' says";

/** Things of one kind that may not be read. */
export interface Gap {
  count: number;
  /** How many of this kind were looked at; null where nobody counts them. */
  of: number | null;
  /** What one, and what several are called. */
  one: string;
  many: string;
  /** Some of them: ids of sessions, paths. None, where a name would be a secret. */
  examples: readonly string[];
}

/** What this process lacks the right to read, of what a store has looked at. */
export interface StoreGaps {
  /** What the things are parts of, as a word for messages. */
  readonly place: 'wiki' | 'store';
  /** Whose the first of it is, and its mode, as a part of a sentence: `belongs to …`. Empty where that is not known. */
  readonly ownership: string;
  /** Whether the first of them is refused for its owner alone, whom `ownership` then names. */
  readonly isForeign: boolean;
  /** Whether nothing could be read at all. */
  readonly isTotal: boolean;
  /** Whether the folder of the store itself is closed. Known from `watch` on. */
  readonly isClosed: boolean;
  /** Ids of sessions that were removed without having been read. */
  readonly removed: readonly string[];

  /** Begins to keep what may not be read. From now on, a look at many sessions skips a folder or list instead of failing at its end. */
  watch(): void;

  /**
   * One for each kind; none where all could be read.
   * @param ofUser leave out kinds that do not decide which sessions are a user's. Default false
   */
  list(ofUser?: boolean): Gap[];

  /** Whether this session may not be read. */
  has(id: string): boolean;
}

/** The gaps of a store; null of one that cannot tell. */
export function gapsOf(store: object): StoreGaps | null {
  return (store as { [GAPS]?: StoreGaps })[GAPS] ?? null;
}
