import { setTimeout as wait } from 'node:timers/promises';
import { Deadline, type Deadlines } from './deadlines.js';
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

/** The way to Redis, as a call uses it. */
export interface Way {
  /** The store's name for messages, without password. */
  readonly location: string;
  /** How long (ms) a call may take. */
  readonly limit: number;
  /** Whether a line that is given up is followed by one of another client. */
  readonly isOwn: boolean;
  readonly isClosed: boolean;
  readonly deadlines: Deadlines;
  /** What the client reported, or why a command was sent again, since the last answer; null if nothing. */
  fault: unknown;
  /** The present line. */
  current(): Line;
  /** Has the next command open a new line. */
  giveUp(line: Line): void;
}

/** One call to the store, with the time that is left for it. */
export class Call {
  readonly #way: Way;
  readonly #isWrite: boolean;
  readonly #end: number;
  readonly #begun = performance.now();
  /** What Redis said last, when it did not run a command of this call; null if nothing. */
  #refusal: unknown = null;
  /** Whether a command that changes something may have reached Redis. */
  #isDoubtful = false;

  /** @param isWrite whether its commands change something: then none is sent twice */
  constructor(way: Way, { isWrite }: { isWrite: boolean }) {
    this.#way = way;
    this.#isWrite = isWrite;
    this.#end = this.#begun + way.limit;
  }

  /** The time that is left, in ms. */
  get left(): number {
    return this.#end - performance.now();
  }

  /**
   * Sends a command to the primary that has this key. Sends it again while Redis says that it did not run it, and a command
   * that only reads also after the connection broke. @throws RedisStoreError
   */
  send(key: string, args: string[]): Promise<unknown> {
    return this.#untilRun((line) => line.link.send(key, args), this.#isWrite, key);
  }

  /** As `send`, for a command that only reads, also in a call that changes something. @throws RedisStoreError */
  read(key: string, args: string[]): Promise<unknown> {
    return this.#untilRun((line) => line.link.send(key, args), false, key);
  }

  /** Runs something on all primaries that changes nothing. @throws RedisStoreError */
  onPrimaries<T>(work: (primaries: ReadonlyMap<string, Send>) => Promise<T>): Promise<T> {
    return this.#untilRun(async (line) => work(await line.link.primaries()), false);
  }

  async #untilRun<T>(command: (line: Line) => Promise<T>, isWrite: boolean, key = ''): Promise<T> {
    const way = this.#way;
    for (let attempt = 0; ; attempt++) {
      if (way.isClosed) throw storeClosed(way.location, this.#isDoubtful);
      const line = way.current();
      if (this.left <= 0) throw this.#noAnswer();
      try {
        if (!line.isOpen) await this.#inTime(line, line.opening, performance.now() + way.limit / OPENINGS);
        this.#isDoubtful ||= isWrite;
        const answer = await this.#inTime(line, command(line), this.#end);
        way.fault = null;
        if (answer === 'QUEUED') throw insideMulti(way.location);
        return answer;
      } catch (reason) {
        if (way.isClosed) throw storeClosed(way.location, this.#isDoubtful);
        const error = line.isOpen ? reason : (way.fault ?? reason);
        if (!this.#mayRepeat(error, line, isWrite) || this.left < LONGEST_PAUSE)
          throw this.#failure(error, key);
        if (isDisconnection(error)) way.fault = error;
        else if (!(error instanceof RedisStoreError)) this.#refusal = error;
        if (isLineLost(error, line)) way.giveUp(line);
        await wait(Math.random() * Math.min(2 ** attempt * 5, LONGEST_PAUSE));
      }
    }
  }

  #failure(reason: unknown, key: string): RedisStoreError {
    const { location } = this.#way;
    const error = redisStoreError(location, reason, this.#isDoubtful);
    return isOfOtherType(error) ? otherType(location, key, error) : error;
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
    return this.#way.isOwn && openedAt < this.#begun;
  }

  #noAnswer(): RedisStoreError {
    const { location, limit, fault } = this.#way;
    return noAnswer(location, limit, this.#refusal ?? fault, this.#isDoubtful);
  }

  /** The answer, or an error when the time is over: then the line is given up. @param until by `performance.now` */
  #inTime<T>(line: Line, answer: Promise<T>, until: number): Promise<T> {
    const { deadlines } = this.#way;
    return new Promise((resolve, reject) => {
      const expire = () => {
        this.#way.giveUp(line);
        reject(this.#noAnswer());
      };
      const deadline = new Deadline(Math.min(until, this.#end), expire);
      deadlines.add(deadline);
      answer.then(
        (value) => {
          deadlines.delete(deadline);
          resolve(value);
        },
        (error) => {
          deadlines.delete(deadline);
          reject(error);
        },
      );
    });
  }
}

/** Whether another line may do better: the client is closed, its server has become a replica, or its cluster has new servers. */
function isLineLost(error: unknown, { openedAt }: Line): boolean {
  if (error instanceof IncompleteClusterError) return error.isClientStale;
  if (problemOf(error) !== 'read-only') return isDisconnection(error);
  return performance.now() - openedAt > LONGEST_PAUSE; // Of a replica, no call in a row opens a line of its own.
}
