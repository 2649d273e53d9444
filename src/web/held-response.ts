import { addCommitHeaders, type CommitHeaders, warnOfLateCookie } from './headers.js';
import { apologize, cut, isGone, type NodeResponse } from './response.js';
import {
  CALLS,
  type Call,
  type CallName,
  type HeaderCallName,
  headersSent,
  headOf,
  type Methods,
  type StateName,
} from './response-methods.js';

/**
 * `open`: nothing was written. `holding`: what is written waits for a commit. `flowing`: the headers are out, and only
 * the end will wait. `over`: nothing waits any more. `failed`: answered by us, or nobody is there any more; what the application writes is nothing.
 */
type Stage = 'open' | 'holding' | 'flowing' | 'over' | 'failed';

export interface HoldOptions {
  commit: () => Promise<CommitHeaders>;
  onError: (error: unknown) => void;
  /** The request's `Cookie` header. */
  cookie: string | undefined;
}

/** One response, from its first byte to its last: what waits, and for what. */
export class HeldResponse {
  readonly #response: NodeResponse;
  readonly #options: HoldOptions;
  /** The methods as they were before us: Node's own, or those of middleware that came earlier. */
  readonly #methods: Methods;
  /** Those that stood on the response itself. */
  #own: Partial<Methods> = {};
  #stage: Stage = 'open';
  #queue: Call[] = [];
  #ended = false;
  #status = 200;
  #sentCookie: string | undefined;

  constructor(response: NodeResponse, options: HoldOptions) {
    this.#response = response;
    this.#options = options;
    this.#methods = Object.getPrototypeOf(response);
  }

  /** Puts ours in the place of a method that stands on the response itself, and calls that one where it called Node's. */
  takeOver(name: CallName | HeaderCallName): void {
    const patched = this.#response as unknown as Methods;
    this.#own = { ...this.#own, [name]: patched[name] };
    const isCall = (CALLS as readonly string[]).includes(name);
    patched[name] = isCall
      ? (...args) => this.call(name as CallName, args)
      : (...args) => this.changeHeader(name as HeaderCallName, args);
  }

  /** Whether what has not gone out yet counts as done. */
  isTaken(state: StateName): boolean {
    return this.#stage === 'holding' && (state === 'headersSent' || this.#ended);
  }

  call(name: CallName, args: unknown[]): unknown {
    const isOver = this.#stage === 'failed' || (this.#stage === 'holding' && this.#ended);
    if (isOver) return this.#ignore({ name, args });
    if (this.#stage === 'over' || (this.#stage === 'flowing' && name !== 'end'))
      return this.#before(name, args);
    // The head stands already; `compression` and others ask for it again as long as they see no header on the wire.
    if (this.#stage === 'holding' && name === 'writeHead') return this.#response;
    const call = this.#stage === 'open' && name === 'writeHead' ? this.#takeHead(args) : { name, args };
    this.#ended ||= name === 'end';
    this.#queue.push(call);
    if (this.#stage !== 'holding') void this.#release();
    return name === 'write' ? false : name === 'flushHeaders' ? undefined : this.#response;
  }

  /** The headers in a `writeHead` are set one by one, as Node does itself when others were set before. */
  #takeHead([status, ...rest]: unknown[]): Call {
    const { reason, headers, mayRepeat } = headOf(rest);
    if (mayRepeat) for (const [name] of headers) this.#before('removeHeader', [name]);
    for (const pair of headers) this.#before(mayRepeat ? 'appendHeader' : 'setHeader', pair);
    return { name: 'writeHead', args: [status, ...reason] };
  }

  changeHeader(name: HeaderCallName, args: unknown[]): unknown {
    if (this.#stage === 'holding') throw headersSent();
    return this.#stage === 'failed' ? this.#response : this.#before(name, args);
  }

  #before(name: CallName | HeaderCallName, args: unknown[]): unknown {
    return Reflect.apply(this.#own[name] ?? this.#methods[name], this.#response, args);
  }

  async #release(): Promise<void> {
    const begun = this.#stage === 'flowing';
    if (!begun) this.#status = this.#response.statusCode;
    this.#stage = 'holding';
    try {
      const endsHere = this.#ended;
      const fields = await this.#options.commit();
      if (isGone(this.#response)) return this.#giveUp();
      // From here on Node's own methods may call each other.
      this.#stage = endsHere ? 'over' : 'flowing';
      if (begun) warnOfLateCookie(fields, [this.#sentCookie, this.#options.cookie]);
      else this.#putHead(fields);
      this.#replay(endsHere);
    } catch (error) {
      this.#fail(error, begun);
    }
  }

  #putHead(fields: CommitHeaders): void {
    const set = (...pair: [string, string]) => this.#before('setHeader', pair);
    const append = (...pair: [string, string]) => this.#before('appendHeader', pair);
    const get = (name: string) => {
      const value = this.#response.getHeader(name);
      return value === undefined ? null : String(value);
    };
    this.#response.statusCode = this.#status;
    addCommitHeaders({ get, set, append }, fields);
    this.#sentCookie = fields['set-cookie'];
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
    this.#options.onError(error);
    const isOnTheWire = begun || Reflect.get(this.#methods, 'headersSent', response);
    this.#stage = 'over';
    if (isOnTheWire) cut(response);
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
  closed(): void {
    if (this.#stage !== 'flowing') return;
    this.#options.commit().catch(this.#options.onError);
  }
}
