import { type CommitHeaders, warnOfLateCookie } from '../../shared/commit-headers.js';
import type { NodeResponse } from '../server-types.js';
import { putCommitHeaders } from './head.js';

/** What a response waits for. */
export interface Committing {
  commit(): Promise<CommitHeaders>;
  /** What `commit` would give, where there is nothing to save, or else null. */
  headersNow(): CommitHeaders | null;
  /** Whether something is known to be unsaved. */
  hasChanges(): boolean;
}

/** All that one response waits for: more than one visit where two sites share an application. */
export class Visits {
  readonly #all: Committing[] = [];
  readonly #cookie: string | undefined;
  #sent: CommitHeaders[] = [];

  /** @param cookie the request's `Cookie` header */
  constructor(cookie: string | undefined) {
    this.#cookie = cookie;
  }

  add(visit: Committing): void {
    this.#all.push(visit);
  }

  /** What `commit` would give, or null where any of them has something to save. */
  headersNow(): CommitHeaders[] | null {
    const all = this.#all.map((visit) => visit.headersNow());
    return all.every((fields) => fields !== null) ? all : null;
  }

  haveChanges(): boolean {
    return this.#all.some((visit) => visit.hasChanges());
  }

  async commit(): Promise<CommitHeaders[]> {
    const all: CommitHeaders[] = [];
    for (const visit of this.#all) all.push(await visit.commit());
    return all;
  }

  /** Adds what the commits gave to a response's headers; where those are out, it warns of what comes too late. */
  putHeads(response: NodeResponse, all: CommitHeaders[]): void {
    if (response.headersSent) {
      this.warnIfLate(all);
      return;
    }
    for (const fields of all) putCommitHeaders(response, fields);
    this.#sent = all;
  }

  /** Warns of tokens that the browser can be told no more. */
  warnIfLate(all: CommitHeaders[]): void {
    const known = [...this.#sent.map((fields) => fields['set-cookie']), this.#cookie];
    for (const fields of all) warnOfLateCookie(fields, known);
  }
}
