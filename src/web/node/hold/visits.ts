import { type CommitHeaders, warnOfLateCookie } from '../../shared/commit-headers.js';
import type { NodeResponse } from '../server-types.js';
import { putCommitHeaders } from './head.js';

/** A visit, as far as its response waits for it. */
export interface Committing {
  commit(): Promise<CommitHeaders>;
  /** As `commit`, in this turn; null when it has to wait. @throws as `commit` */
  headersNow(): CommitHeaders | null;
  /** The headers of now, whether or not there is something to save. */
  headers(): CommitHeaders;
  /** Whether something is known to be unsaved. */
  hasChanges(): boolean;
}

/** All visits of one response: several when two sites share an application. */
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

  /** As `commit`, in this turn; null when one of them has to wait. Others may have saved then: `commit` may be called after it. */
  headersNow(): CommitHeaders[] | null {
    const all: CommitHeaders[] = [];
    for (const visit of this.#all) {
      const fields = visit.headersNow();
      if (fields === null) return null;
      all.push(fields);
    }
    return all;
  }

  async commit(): Promise<CommitHeaders[]> {
    const all: CommitHeaders[] = [];
    for (const visit of this.#all) all.push(await visit.commit());
    return all;
  }

  /**
   * Saves what the end of the response does not save.
   * @param isOver a commit has saved all that was set before the end, so only known changes need another one
   */
  commitRest(response: NodeResponse, isOver: boolean, onError: (error: unknown) => void): void {
    try {
      const now = this.headersNow();
      if (now !== null) this.#warnIfSentLate(response, now);
      else if (!isOver || this.#all.some((visit) => visit.hasChanges()))
        this.commit()
          .then((all) => this.#warnIfSentLate(response, all))
          .catch(onError);
    } catch (error) {
      onError(error);
    }
  }

  /** A client that left before the first byte expects no cookie. */
  #warnIfSentLate(response: NodeResponse, all: CommitHeaders[]): void {
    if (response.headersSent) this.#warnIfLate(all);
  }

  /** Adds the headers of the commits to a response, or warns of a cookie when the headers are out. */
  addHeaders(response: NodeResponse, all: CommitHeaders[]): void {
    if (response.headersSent) {
      this.#warnIfLate(all);
      return;
    }
    for (const fields of all) putCommitHeaders(response, fields);
    this.#sent = all;
  }

  /** Adds the headers of now, because the head goes out before the save. */
  addUnsavedHeaders(response: NodeResponse): void {
    this.#sent = this.#all.map((visit) => visit.headers());
    for (const fields of this.#sent) putCommitHeaders(response, fields);
  }

  /** Warns of new tokens that the browser does not get. */
  #warnIfLate(all: CommitHeaders[]): void {
    const isSent = (fields: CommitHeaders, n: number) =>
      fields['set-cookie'] === undefined || fields['set-cookie'] === this.#sent[n]?.['set-cookie'];
    if (all.every(isSent)) return;
    const known = [...this.#sent.map((fields) => fields['set-cookie']), this.#cookie];
    for (const fields of all) warnOfLateCookie(fields, known);
  }
}
