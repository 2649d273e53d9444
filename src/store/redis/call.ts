import { setTimeout as wait } from 'node:timers/promises';
import type { Line } from './line.js';
import type { Send } from './link.js';
import {
  IncompleteClusterError,
  insideMulti,
  isDisconnection,
  isOfOtherType,
  mayTryAgain,
  noAnswer,
  otherType,
  problemOf,
  RedisStoreError,
  redisStoreError,
  storeClosed,
} from './redis-error.js';

/** The longest pause (ms) before a command that was not run is sent again. */
const LONGEST_PAUSE = 100;

/** In how many tries at most a line is opened within a time limit: of several nodes, one that hangs must not cost all of it. */
const OPENINGS = 3;

interface CallOptions {
  connection: { fault: unknown; giveUp: (line: Line) => void };
  /** Whether a line that is given up is followed by one of another client. */
  isOwn: boolean;
  current: () => Line;
  isClosed: () => boolean;
  location: string;
  limit: number;
  /** Whether its commands change something: then none is sent twice. */
  isWrite: boolean;
}

/** One call to the store, with the time that is left for it. */
export class Call {
  readonly #options: CallOptions;
  readonly #begun = performance.now();
  /** What Redis said last, when it did not run a command of this call; null if nothing. */
  #refusal: unknown = null;
  /** Whether a command that changes something may have reached Redis. */
  #isDoubtful = false;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** The time that is left, in ms. */
  get left(): number {
    return this.#begun + this.#options.limit - performance.now();
  }

  /**
   * Sends a command to the primary that has this key. Sends it again while Redis says that it did not run it, and a command
   * that only reads also after the connection broke. @throws RedisStoreError
   */
  send(key: string, args: string[]): Promise<unknown> {
    return this.#ask(key, args, this.#options.isWrite);
  }

  /** As `send`, for a command that only reads, also in a call that changes something. @throws RedisStoreError */
  read(key: string, args: string[]): Promise<unknown> {
    return this.#ask(key, args, false);
  }

  /** Runs something on all primaries that changes nothing. @throws RedisStoreError */
  async onPrimaries<T>(work: (primaries: ReadonlyMap<string, Send>) => Promise<T>): Promise<T> {
    return this.#untilRun(async (line) => work(await line.link.primaries()), false);
  }

  async #ask(key: string, args: string[], isWrite: boolean): Promise<unknown> {
    const { location } = this.#options;
    try {
      const answer = await this.#untilRun((line) => line.link.send(key, args), isWrite);
      if (answer === 'QUEUED') throw insideMulti(location);
      return answer;
    } catch (error) {
      throw isOfOtherType(error) ? otherType(location, key, error) : error;
    }
  }

  async #untilRun<T>(command: (line: Line) => Promise<T>, isWrite: boolean): Promise<T> {
    const { connection, current, isClosed, limit, location } = this.#options;
    for (let attempt = 0; ; attempt++) {
      if (isClosed()) throw storeClosed(location, this.#isDoubtful);
      const line = current();
      if (this.left <= 0) throw this.#noAnswer();
      try {
        if (!line.isOpen) await this.#inTime(line, line.opening, limit / OPENINGS);
        this.#isDoubtful ||= isWrite;
        const answer = await this.#inTime(line, command(line), this.left);
        connection.fault = null;
        return answer;
      } catch (reason) {
        if (isClosed()) throw storeClosed(location, this.#isDoubtful);
        const error = line.isOpen ? reason : (connection.fault ?? reason);
        if (!this.#mayRepeat(error, line, isWrite) || this.left < LONGEST_PAUSE)
          throw redisStoreError(location, error, this.#isDoubtful);
        if (isDisconnection(error)) connection.fault = error;
        else if (!(error instanceof RedisStoreError)) this.#refusal = error;
        if (isLineLost(error, line)) connection.giveUp(line);
        await wait(Math.random() * Math.min(2 ** attempt * 5, LONGEST_PAUSE));
      }
    }
  }

  #mayRepeat(error: unknown, line: Line, isWrite: boolean): boolean {
    const problem = problemOf(error);
    if (problem === 'read-only') return line.link.findsPrimary || this.#mayLeadElsewhere(line);
    if (mayTryAgain(error)) return true;
    if (line.isOpen) return !isWrite && problem === 'unreachable';
    return problem === 'unreachable' || problem === 'timeout'; // Nothing was sent.
  }

  /** Whether a new line may lead to another server, as where an address moves with the primary. One is tried. */
  #mayLeadElsewhere({ openedAt }: Line): boolean {
    return this.#options.isOwn && openedAt < this.#begun;
  }

  #noAnswer(): RedisStoreError {
    const { location, limit, connection } = this.#options;
    return noAnswer(location, limit, this.#refusal ?? connection.fault, this.#isDoubtful);
  }

  /** The answer, or an error when the time (ms) is over: then the line is given up. */
  #inTime<T>(line: Line, answer: Promise<T>, time: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#options.connection.giveUp(line);
          reject(this.#noAnswer());
        },
        Math.ceil(Math.min(time, this.left)),
      );
      const before =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          clearTimeout(timer);
          settle(value);
        };
      answer.then(before(resolve), before(reject));
    });
  }
}

/** Whether another line may do better: the client is closed, its server has become a replica, or its cluster has new servers. */
function isLineLost(error: unknown, { openedAt }: Line): boolean {
  if (error instanceof IncompleteClusterError) return error.isClientStale;
  if (problemOf(error) !== 'read-only') return isDisconnection(error);
  return performance.now() - openedAt > LONGEST_PAUSE; // Of a replica, no call in a row opens a line of its own.
}
