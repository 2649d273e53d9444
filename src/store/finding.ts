import type { StoreEntry } from './contract.js';

/** `error`: it does harm now. `warning`: it will, or it hides something. `info`: good to know, and no reason to fail. */
export type Severity = 'error' | 'warning' | 'info';

/** A kind of thing that a check finds, in words that do not change. */
export interface FindingKind {
  severity: Severity;
  /** Never changes, because programs rely on it. */
  code: string;
  /** What is so, in one sentence. */
  what: string;
  /** Why it matters. */
  why: string;
  /** What to do. */
  remedy: string;
  /** Whether `--fix` mends it. */
  fixable: boolean;
  /** What to do about those that `--fix` leaves alone. Default: `remedy`. */
  byHand?: string;
}

/** What a check found: a kind, how often, and some of the places. */
export interface Finding extends Omit<FindingKind, 'byHand'> {
  count: number;
  /** How many were mended. */
  fixed: number;
  /** Ids, paths or keys: the first ones. */
  examples: string[];
}

/** How many places a finding names. A store may have a million of them. */
const MOST_EXAMPLES = 5;

interface Gathered {
  kind: FindingKind;
  finding: Finding;
  /** How many of them `--fix` mends. */
  fixable: number;
}

/** Gathers findings by their kind, in bounded memory. */
export class Findings {
  readonly #found = new Map<string, Gathered>();

  /**
   * @param what instead of the kind's own sentence; the first one counts
   * @param isFixable whether `--fix` mends this one
   */
  add(
    kind: FindingKind,
    example: string | null,
    { isFixed = false, isFixable = kind.fixable, what = kind.what } = {},
  ): void {
    const found = this.#found.get(kind.code) ?? gathered(kind, what);
    this.#found.set(kind.code, found);
    const { finding } = found;
    finding.count += 1;
    if (isFixed) finding.fixed += 1;
    if (isFixable) found.fixable += 1;
    if (example !== null && finding.examples.length < MOST_EXAMPLES) finding.examples.push(example);
  }

  has({ code }: FindingKind): boolean {
    return this.#found.has(code);
  }

  /** Says something else of all that was found of a kind. */
  reword(kind: FindingKind, words: Pick<FindingKind, 'what' | 'why' | 'remedy'>): void {
    const found = this.#found.get(kind.code);
    if (found === undefined) return;
    found.kind = { ...kind, ...words };
    Object.assign(found.finding, words);
  }

  /** Errors first, then warnings. */
  list(): Finding[] {
    const order: readonly Severity[] = ['error', 'warning', 'info'];
    return [...this.#found.values()]
      .map(told)
      .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  }
}

function gathered(kind: FindingKind, what: string): Gathered {
  const { byHand: _, ...words } = kind;
  return { kind, finding: { ...words, what, count: 0, fixed: 0, examples: [] }, fixable: 0 };
}

/** The finding, with a remedy for what `--fix` mends, for what it leaves alone, or for both. */
function told({ kind: { remedy, byHand = remedy }, finding, fixable }: Gathered): Finding {
  const remedies = new Set([...(fixable > 0 ? [remedy] : []), ...(fixable < finding.count ? [byHand] : [])]);
  return { ...finding, fixable: fixable > 0, remedy: [...remedies].join(' ') };
}

/** Looks at each record that a check comes across, so that a store is read once. */
export interface RecordObserver {
  see(entry: StoreEntry): void;
  /** Awaited now and then, so that what `see` gathers stays small. */
  settle(): Promise<void>;
}

export interface CheckOptions {
  /** The present time, in ms. */
  at: number;
  /** Whether to mend what is safe. Default: write nothing. */
  isFixing: boolean;
  findings: Findings;
  observer: RecordObserver;
}
