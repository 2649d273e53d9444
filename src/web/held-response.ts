import { addCommitHeaders, type CommitHeaders, warnOfLateCookie } from './headers.js';
import { apologize, cut, isGone, type NodeResponse } from './response.js';
import {
  type Call,
  type CallName,
  HEADER_CALLS,
  type HeaderCallName,
  headersSent,
  headOf,
  type Methods,
} from './response-methods.js';

/**
 * `open`: nothing was written. `holding`: what is written waits for a commit. `flowing`: the headers are out, and only
 * the end will wait. `over`: nothing waits any more. `failed`: answered by us, or nobody is there any more; what the application writes is nothing.
 */
type Stage = 'open' | 'holding' | 'flowing' | 'over' | 'failed';

export interface HoldOptions {
  commit: () => Promise<CommitHeaders>;
  /** What `commit` would give, where there is nothing to save, or else null. */
  headersNow: () => CommitHeaders | null;
  onError: (error: unknown) => void;
  /** The request's `Cookie` header. */
  cookie: string | undefined;
}

/** One response, from its first byte to its last: what waits, and for what. Most have nothing to save and wait for nothing. */
export class HeldResponse {
  readonly #response: NodeResponse;
  readonly #options: HoldOptions;
  /** The methods as they were before us: Node's own, or those of middleware that came earlier. */
  readonly #methods: Pick<Methods, CallName> & Partial<Methods>;
  #stage: Stage = 'open';
  #queue: Call[] = [];
  #ended = false;
  #isGuarded = false;
  #status = 200;
  #sentCookie: string | undefined;

  constructor(response: NodeResponse, options: HoldOptions) {
    this.#response = response;
    this.#options = options;
    const { writeHead, flushHeaders, write, end } = response as unknown as Methods;
    this.#methods = { writeHead, flushHeaders, write, end };
  }

  call(name: CallName, args: unknown[]): unknown {
    if (this.#isTooLate(name)) return this.#ignore({ name, args });
    if (this.#stage === 'over' || (this.#stage === 'flowing' && name !== 'end'))
      return this.#before(name, args);
    const isHeld = this.#stage === 'holding';
    // The head stands already; `compression` and others ask for it again as long as they see no header on the wire.
    if (isHeld && name === 'writeHead') return this.#response;
    const call = this.#stage === 'open' && name === 'writeHead' ? this.#takeHead(args) : { name, args };
    this.#ended ||= name === 'end';
    if (!isHeld && this.#releaseNow()) return this.#before(call.name, call.args);
    return this.#wait(call);
  }

  /** Of several ends the first counts; Node would end the process over what comes after it. */
  #isTooLate(name: CallName): boolean {
    if (this.#stage === 'over') return (name === 'write' || name === 'end') && this.#response.writableEnded;
    return this.#stage === 'failed' || (this.#stage === 'holding' && this.#ended);
  }

  /** The headers in a `writeHead` are set one by one, as Node does itself when others were set before. */
  #takeHead([status, ...rest]: unknown[]): Call {
    const { reason, headers, mayRepeat } = headOf(rest);
    if (mayRepeat) for (const [name] of headers) this.#before('removeHeader', [name]);
    for (const pair of headers) this.#before(mayRepeat ? 'appendHeader' : 'setHeader', pair);
    return { name: 'writeHead', args: [status, ...reason] };
  }

  #before(name: CallName | HeaderCallName, args: unknown[]): unknown {
    const method = this.#methods[name] ?? (this.#response as unknown as Methods)[name];
    return Reflect.apply(method, this.#response, args);
  }

  /** True where there is nothing to save: then nothing has to wait. */
  #releaseNow(): boolean {
    const begun = this.#stage === 'flowing';
    try {
      const fields = this.#options.headersNow();
      if (fields === null) return false;
      this.#proceed(fields, begun);
      return true;
    } catch (error) {
      this.#fail(error, begun);
      return false;
    }
  }

  #wait(call: Call): unknown {
    if (this.#stage === 'failed') return this.#ignore(call);
    this.#queue.push(call);
    if (this.#stage !== 'holding') void this.#release();
    const { name } = call;
    return name === 'write' ? false : name === 'flushHeaders' ? undefined : this.#response;
  }

  async #release(): Promise<void> {
    const begun = this.#stage === 'flowing';
    if (!begun) this.#status = this.#response.statusCode;
    this.#stage = 'holding';
    this.#guard();
    try {
      const endsHere = this.#ended;
      const fields = await this.#options.commit();
      if (isGone(this.#response)) return this.#giveUp();
      if (!begun) this.#response.statusCode = this.#status;
      this.#proceed(fields, begun, endsHere);
      this.#replay(endsHere);
    } catch (error) {
      this.#fail(error, begun);
    }
  }

  /** The session is saved. From here on Node's own methods may call each other. */
  #proceed(fields: CommitHeaders, begun: boolean, endsHere = this.#ended): void {
    this.#stage = endsHere ? 'over' : 'flowing';
    if (begun) warnOfLateCookie(fields, [this.#sentCookie, this.#options.cookie]);
    else this.#putHead(fields);
    if (!begun && !endsHere) this.#response.once('close', () => this.#closed());
  }

  #putHead(fields: CommitHeaders): void {
    this.#sentCookie = fields['set-cookie'];
    if (this.#sentCookie === undefined) return;
    const set = (...pair: [string, string]) => this.#before('setHeader', pair);
    const append = (...pair: [string, string]) => this.#before('appendHeader', pair);
    const get = (name: string) => {
      const value = this.#response.getHeader(name);
      return value === undefined ? null : String(value);
    };
    addCommitHeaders({ get, set, append }, fields);
  }

  /** Writes what waited, in order. An end that came while the commit was under way waits for another one. */
  #replay(endsHere: boolean): void {
    let isFull = false;
    let wrote = false;
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (call.name === 'end' && !endsHere) {
        this.#queue.unshift(call);
        return void this.#release();
      }
      const result = this.#before(call.name, call.args);
      if (call.name === 'write') [wrote, isFull] = [true, result === false];
    }
    // The application was told to wait, and Node does not know of it.
    if (wrote && !isFull && !endsHere) this.#response.emit('drain');
  }

  /** A 500 in place of the application's response; where that is under way, the connection is cut. */
  #fail(error: unknown, begun: boolean): void {
    const response = this.#response;
    this.#guard();
    this.#options.onError(error);
    this.#stage = 'over';
    if (begun || response.headersSent) cut(response);
    else if (!isGone(response)) apologize(response);
    this.#giveUp();
  }

  #giveUp(): void {
    this.#stage = 'failed';
    for (const call of this.#queue.splice(0)) this.#ignore(call);
  }

  #ignore({ name, args }: Call): unknown {
    const done = args.findLast((arg) => typeof arg === 'function') as ((error: Error) => void) | undefined;
    if (done !== undefined) process.nextTick(done, new Error('the response has ended'));
    return name === 'write' ? false : this.#response;
  }

  /** The visitor left in the middle of a stream that nobody ends any more: what it changed in the session counts. */
  #closed(): void {
    if (this.#stage !== 'flowing') return;
    this.#options.commit().catch(this.#options.onError);
  }

  /** While the bytes wait, the response looks as if they were out. Only then: this costs more than all the rest. */
  #guard(): void {
    if (this.#isGuarded) return;
    this.#isGuarded = true;
    const response = this.#response as unknown as Methods;
    for (const name of HEADER_CALLS) {
      if (response[name] === undefined) continue;
      this.#methods[name] = response[name];
      response[name] = (...args) => this.#changeHeader(name, args);
    }
    Object.defineProperties(response, {
      headersSent: this.#state('headersSent', () => true),
      writableEnded: this.#state('writableEnded', () => this.#ended),
    });
  }

  #changeHeader(name: HeaderCallName, args: unknown[]): unknown {
    if (this.#stage === 'holding') throw headersSent();
    return this.#stage === 'failed' ? this.#response : this.#before(name, args);
  }

  /** What counts as done as soon as the application may take it to be. */
  #state(name: string, isTaken: () => boolean): PropertyDescriptor {
    const response = this.#response;
    const get = () =>
      (this.#stage === 'holding' && isTaken()) ||
      Reflect.get(Object.getPrototypeOf(response), name, response);
    return { configurable: true, get };
  }
}
