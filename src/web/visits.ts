import type { CommitHeaders } from './headers.js';

/** What a response waits for. */
export interface Committing {
  commit(): Promise<CommitHeaders>;
  /** What `commit` would give, where there is nothing to save, or else null. */
  headersNow(): CommitHeaders | null;
}

/** All that one response waits for: more than one visit where two sites share an application. */
export class Visits {
  readonly #all: Committing[] = [];

  add(visit: Committing): void {
    this.#all.push(visit);
  }

  /** What `commit` would give, or null where any of them has something to save. */
  headersNow(): CommitHeaders[] | null {
    const all = this.#all.map((visit) => visit.headersNow());
    return all.every((fields) => fields !== null) ? all : null;
  }

  async commit(): Promise<CommitHeaders[]> {
    const all: CommitHeaders[] = [];
    for (const visit of this.#all) all.push(await visit.commit());
    return all;
  }
}
