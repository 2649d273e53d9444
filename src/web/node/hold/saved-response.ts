import type { ResponseProgress } from '../../../session/request/response-progress.js';
import type { CommitHeaders } from '../../shared/commit-headers.js';
import { applyErrorHead, cut, isGone } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { writeUnsavedHead } from './head.js';
import { guard } from './hooks.js';
import { methodBelow } from './replaced.js';
import { headersSent, type Method, type StateName } from './response-methods.js';
import { isDropping, isHeld, type Stage } from './stage.js';
import { type Committing, Visits } from './visits.js';
import { WaitingCalls } from './waiting-calls.js';

export interface HoldOptions {
  onError: (error: unknown) => void;
  /** The request's `Cookie` header. */
  cookie: string | undefined;
}

/** A response whose stage changes with its saves: the columns `saved`, `save failed` and `client gone` of `Stage`. */
export abstract class SavedResponse implements ResponseProgress {
  protected readonly response: NodeResponse;
  stage: Stage = 'open';
  readonly #visits: Visits;
  readonly #onError: (error: unknown) => void;
  #waiting: WaitingCalls | null = null;
  #isClosed = false;

  constructor(response: NodeResponse, { onError, cookie }: HoldOptions) {
    this.response = response;
    this.#onError = onError;
    this.#visits = new Visits(cookie);
    if (response.headersSent) this.stage = 'flowing';
  }

  /** The response is closed. */
  close(): void {
    this.#isClosed = true;
    this.saveRest();
  }

  get hasBegun(): boolean {
    return this.response.headersSent;
  }

  /** While the application has not ended it, a response whose client left may still save: see the stage `left`. */
  get hasEnded(): boolean {
    return this.#isClosed && this.response.writableEnded;
  }

  /** Makes the response wait for this visit too. */
  add(visit: Committing): void {
    this.#visits.add(visit);
  }

  /**
   * Saves what no end saves: late changes, or those of a response that never ends. May be called at any time, and
   * again.
   */
  saveRest(): void {
    // A commit under way looks again when it is done; the error of a failed one was reported.
    if (isHeld(this.stage) || this.stage === 'failed') return;
    this.#visits.commitRest(this.response, this.stage === 'over', this.#onError);
  }

  /** Calls the method below the hold. */
  protected pass(method: Method, args: unknown[]): unknown {
    return method.apply(this.response, args);
  }

  /** Moves on to `next` when nothing has to wait; else returns false. @throws as `commit` */
  protected proceedNow(next: 'flowing' | 'over'): boolean {
    const fields = this.#visits.headersNow();
    if (fields === null) return false;
    this.stage = next; // Before the headers, because Node's methods may call ours.
    this.#visits.addHeaders(this.response, fields);
    return true;
  }

  mayChangeHeaders(): boolean {
    if (this.stage === 'holding' || this.stage === 'ending') throw headersSent();
    return !isDropping(this.stage);
  }

  isReached(state: StateName): boolean {
    return state === 'headersSent' ? isHeld(this.stage) : this.stage === 'ending';
  }

  /** Lets no bytes out before a head: those of a method that was kept from before ours was there did not pass the hold. */
  beforeBytes(): void {
    if (isHeld(this.stage) && (this.response as { _header?: string | null })._header === null)
      this.#overtake();
  }

  /** Writes the head that waits, with the headers of now. */
  #overtake(): void {
    const { response, stage } = this;
    this.stage = 'overtaken';
    this.#visits.addUnsavedHeaders(response);
    writeUnsavedHead(response, this.waiting.takeHead());
    this.stage = stage;
  }

  /** The calls that wait. From the first one on the response is guarded. */
  protected get waiting(): WaitingCalls {
    if (this.#waiting === null) {
      this.#waiting = new WaitingCalls();
      guard(this.response);
    }
    return this.#waiting;
  }

  /** @param stage the stage during the commit. An end that arrives meanwhile waits for a commit of its own. */
  protected async commit(stage: 'holding' | 'ending'): Promise<void> {
    const { response } = this;
    const status = response.statusCode;
    this.stage = stage;
    let saved: CommitHeaders[] = [];
    try {
      const fields = await this.#visits.commit();
      this.stage = stage === 'ending' ? 'over' : 'flowing';
      // The client is gone, or a method that does not lead to ours has answered.
      if (isGone(response) || response.writableEnded) return this.#leave();
      if (!response.headersSent) response.statusCode = status;
      this.#visits.addHeaders(response, fields);
      saved = fields;
      this.#replay(stage === 'ending');
    } catch (error) {
      this.fail(error, saved);
    }
  }

  /**
   * Answers with an error in place of the application; cuts the connection when the headers are out.
   * @param saved the headers of the commit if it has succeeded: what failed is the application's head
   */
  protected fail(error: unknown, saved: CommitHeaders[] = []): void {
    const { response } = this;
    this.#onError(error);
    this.stage = 'over';
    if (response.headersSent) cut(response);
    // Not `response.end`: the methods of middleware have seen an end.
    else if (!isGone(response)) this.#answerError(error, saved);
    this.#drop('failed');
  }

  #answerError(error: unknown, saved: CommitHeaders[]): void {
    const body = applyErrorHead(this.response, error);
    this.#visits.addHeaders(this.response, saved);
    this.pass(methodBelow(this.response, 'end'), [body]);
  }

  #replay(mayEnd: boolean): void {
    const { endWaits, drained } = this.waiting.replay(({ method, args }) => this.pass(method, args), mayEnd);
    if (endWaits) void this.commit('ending');
    // The held write returned false. Node does not know that, and emits no `drain`.
    else if (drained && !mayEnd) this.response.emit('drain');
  }

  /** Drops the waiting calls, and saves what has changed during the commit. */
  #leave(): void {
    this.#drop('left');
    this.saveRest();
  }

  #drop(stage: 'failed' | 'left'): void {
    this.stage = stage;
    this.waiting.drop();
  }
}
