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
}

/** What a check found: a kind, how often, and some of the places. */
export interface Finding extends FindingKind {
  count: number;
  /** How many were mended. */
  fixed: number;
  /** Ids, paths or keys: the first ones. */
  examples: string[];
}

/** How many places a finding names. A store may have a million of them. */
const MOST_EXAMPLES = 5;

/** Gathers findings by their kind, in bounded memory. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  /** @param what instead of the kind's own sentence; the first one counts */
  add(kind: FindingKind, example: string | null, { isFixed = false, what = kind.what } = {}): void {
    const found = this.#found.get(kind.code) ?? { ...kind, what, count: 0, fixed: 0, examples: [] };
    this.#found.set(kind.code, found);
    found.count += 1;
    if (isFixed) found.fixed += 1;
    if (example !== null && found.examples.length < MOST_EXAMPLES) found.examples.push(example);
  }

  /** Errors first, then warnings. */
  list(): Finding[] {
    const order: readonly Severity[] = ['error', 'warning', 'info'];
    return [...this.#found.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  }
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
