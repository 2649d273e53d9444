import type { CommitHeaders } from '../../shared/commit-headers.js';
import { warnOfError } from '../../shared/options.js';
import { apology, cut, isGone } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { guard } from './guard.js';
import { applyWriteHead } from './head.js';
import {
  type Call,
  type CallName,
  headersSent,
  type Methods,
  type StateName,
  tellIgnored,
} from './response-methods.js';
import { type Committing, Visits } from './visits.js';
import { WaitingCalls } from './waiting-calls.js';

/**
 * `open`: nothing was written. `holding`: what is written waits for a commit. `flowing`: the headers are out, and only
 * the end will wait. `over`: nothing waits any more. `failed`: answered by us. `left`: the visitor left while bytes were
 * held. In the last two, what the application writes is nothing; in `left` its end still saves.
 */
type Stage = 'open' | 'holding' | 'flowing' | 'over' | 'failed' | 'left';

export interface HoldOptions {
  /** Default: a process warning. */
  onError: ((error: unknown) => void) | undefined;
  /** The request's `Cookie` header. */
  cookie: string | undefined;
}

/** One response, from its first byte to its last: what waits, and for what. Most have nothing to save and wait for nothing. */
export class HeldResponse {
  readonly #response: NodeResponse;
  readonly #visits: Visits;
  readonly #onError: (error: unknown) => void;
  /** The methods as they were before us: Node's own, or those of middleware that came earlier. */
  readonly #methods: Pick<Methods, CallName>;
  #stage: Stage = 'open';
  readonly #waiting = new WaitingCalls();
  #ended = false;
  #isOvertaken = false;
  #isGuarded = false;

  constructor(response: NodeResponse, { onError = warnOfError, cookie }: HoldOptions) {
    this.#response = response;
    this.#onError = onError;
    this.#visits = new Visits(cookie);
    const { writeHead, flushHeaders, write, end } = response as unknown as Methods;
    this.#methods = { writeHead, flushHeaders, write, end };
    if (response.headersSent) this.#stage = 'flowing';
    // The application hears of it first, or runs first where the visitor left during the chain: what it then changes in the session counts as well.
    if (isGone(response)) setImmediate(() => this.saveRest());
    else response.once('close', () => process.nextTick(() => this.saveRest()));
  }

  /** Has it wait for this visit too. */
  add(visit: Committing): void {
    this.#visits.add(visit);
  }

  /**
   * Runs Node's own step that writes a head where none was asked for. When it comes while ours still waits, somebody
   * writes by a method kept from before us: then the head must go out now, with what is known by now.
   */
  writeImplicitHead(write: () => void): void {
    this.#isOvertaken = this.#stage === 'open' || this.#stage === 'holding';
    try {
      write();
    } finally {
      this.#isOvertaken = false;
    }
  }

  call(name: CallName, args: unknown[]): unknown {
    if (this.#isOvertaken && name === 'writeHead') return this.#letPass(args);
    if (this.#isTooLate(name)) return this.#ignore({ name, args });
    if (this.#stage === 'over' || (this.#stage === 'flowing' && name !== 'end'))
      return this.#before(name, args);
    const isHeld = this.#stage === 'holding';
    // The head stands already; `compression` and others ask for it again as long as they see no header on the wire.
    if (isHeld && name === 'writeHead') return this.#response;
    const call =
      this.#stage === 'open' && name === 'writeHead' ? applyWriteHead(this.#response, args) : { name, args };
    this.#ended ||= name === 'end';
    if (!isHeld && this.#releaseNow()) return this.#before(call.name, call.args);
    return this.#wait(call);
  }

  /** Of several ends the first counts; Node would end the process over what comes after it. */
  #isTooLate(name: CallName): boolean {
    if (this.#stage === 'over') return (name === 'write' || name === 'end') && this.#response.writableEnded;
    return this.#isDropping || (this.#stage === 'holding' && this.#ended);
  }

  get #isDropping(): boolean {
    return this.#stage === 'failed' || this.#stage === 'left';
  }

  #letPass(args: unknown[]): unknown {
    if (this.#stage === 'open' && !this.#proceedNow()) this.#stage = 'flowing';
    return this.#before('writeHead', args);
  }

  #before(name: CallName, args: unknown[]): unknown {
    return Reflect.apply(this.#methods[name], this.#response, args);
  }

  #releaseNow(): boolean {
    try {
      return this.#proceedNow();
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** True where there is nothing to save: then nothing has to wait. */
  #proceedNow(): boolean {
    const fields = this.#visits.headersNow();
    if (fields !== null) this.#proceed(fields);
    return fields !== null;
  }

  #wait(call: Call): unknown {
    if (this.#isDropping) return this.#ignore(call);
    this.#waiting.push(call);
    if (this.#stage !== 'holding') void this.#release();
    const { name } = call;
    return name === 'write' ? false : name === 'flushHeaders' ? undefined : this.#response;
  }

  async #release(): Promise<void> {
    const status = this.#response.statusCode;
    this.#hold();
    try {
      const endsHere = this.#ended;
      const fields = await this.#visits.commit();
      this.#stage = 'open';
      // The visitor has left, or somebody answered by a method kept from before us.
      if (isGone(this.#response) || this.#response.writableEnded) return this.#leave();
      if (!this.#response.headersSent) this.#response.statusCode = status;
      this.#proceed(fields, endsHere);
      this.#replay(endsHere);
    } catch (error) {
      this.#fail(error);
    }
  }

  #hold(): void {
    this.#stage = 'holding';
    if (!this.#isGuarded) guard(this.#response, this);
    this.#isGuarded = true;
  }

  /** The session is saved. From here on Node's own methods may call each other. */
  #proceed(all: CommitHeaders[], endsHere = this.#ended): void {
    this.#stage = endsHere ? 'over' : 'flowing';
    this.#visits.putHeads(this.#response, all);
  }

  /** An end that came while the commit was under way waits for another one. */
  #replay(endsHere: boolean): void {
    const { endWaits, drained } = this.#waiting.replay(
      (call) => this.#before(call.name, call.args),
      endsHere,
    );
    if (endWaits) return void this.#release();
    // The application was told to wait, and Node does not know of it.
    if (drained && !endsHere) this.#response.emit('drain');
  }

  /** A 500 in place of the application's response; where that is under way, the connection is cut. */
  #fail(error: unknown): void {
    const response = this.#response;
    this.#onError(error);
    this.#stage = 'over';
    if (response.headersSent) cut(response);
    else if (!isGone(response)) this.#before('end', [apology(response)]); // those behind us have ended theirs
    this.#hold();
    this.#drop('failed');
  }

  /** Nobody waits for what was to be written, but what was changed meanwhile counts. */
  #leave(): void {
    this.#drop('left');
    this.saveRest();
  }

  #drop(stage: 'failed' | 'left'): void {
    this.#stage = stage;
    this.#waiting.drop();
  }

  #ignore(call: Call): unknown {
    tellIgnored(call);
    if (this.#stage === 'left' && call.name === 'end') this.saveRest();
    return call.name === 'write' ? false : this.#response;
  }

  /**
   * Saves what no end waits for: it was changed too late, or nothing will end the response. May be called at any time, and
   * again: a handler that still runs has its later changes saved by its end.
   */
  saveRest(): void {
    // A commit is under way that looks again when it is done, or one has failed, which `onError` was told.
    if (this.#stage === 'holding' || this.#stage === 'failed') return;
    this.#commitRest().catch(this.#onError);
  }

  async #commitRest(): Promise<void> {
    const now = this.#visits.headersNow();
    if (now === null && this.#stage === 'over' && !this.#visits.haveChanges()) return;
    const fields = now ?? (await this.#visits.commit());
    // A visitor who left before the first byte expects no cookie.
    if (this.#response.headersSent) this.#visits.warnIfLate(fields);
  }

  /** Whether what has not gone out yet counts as done. */
  isTaken(state: StateName): boolean {
    return this.#stage === 'holding' && (state === 'headersSent' || this.#ended);
  }

  /** False where changes are to be nothing. @throws Node's error where they come too late */
  mayChangeHeaders(): boolean {
    if (this.#stage === 'holding' && !this.#isOvertaken) throw headersSent();
    return !this.#isDropping;
  }
}
