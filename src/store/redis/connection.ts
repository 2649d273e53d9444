import { setTimeout as wait } from 'node:timers/promises';
import type { Link, RedisClient, Send } from './link.js';
import {
  IncompleteClusterError,
  isDisconnection,
  mayTryAgain,
  noAnswer,
  problemOf,
  RedisStoreError,
  redisStoreError,
} from './redis-error.js';

export interface ConnectionOptions {
  /** The store's name for messages, without password. */
  location: string;
  /** How long (ms) a call may take. */
  limit: number;
  /** Makes a client that is not connected yet. */
  makeLink: () => Link;
  /** Whether `makeLink` makes a new client at each call, so that one that hangs can be given up. */
  isOwn: boolean;
}

/** A link, and whether it is open. */
interface Line {
  link: Link;
  opening: Promise<unknown>;
  isOpen: boolean;
  /** Whether the store closes it: it made the client, or had to connect it. */
  isOurs: boolean;
}

/** How often a call may try to open a line: a cluster or Sentinel may have a node that hangs, and the next try meets another. */
const OPENINGS = 3;

/** The longest pause (ms) before a command that was not run is sent again. */
const LONGEST_PAUSE = 100;

/**
 * The way to Redis. Every command ends within the time limit of its call. A client that gave no answer in time is given up,
 * because a connection may be dead without anybody having been told; the next command opens a new one.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #line: Line | null = null;
  /** @internal What the client reported, or why a command was sent again, since the last answer; null if nothing. */
  fault: unknown = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** A call to the store: all its commands together end within the time limit. */
  call({ isWrite }: { isWrite: boolean }): Call {
    return new Call(this, this.#options, isWrite);
  }

  /** @internal The present line; opens one where there is none. */
  current(): Line {
    this.#line ??= this.#newLine();
    return this.#line;
  }

  /** @internal Has the next command open a new line. What still waits on this one ends by its own time limit. */
  giveUp(line: Line): void {
    if (!this.#options.isOwn || this.#line !== line) return;
    this.#line = null;
    setTimeout(() => destroy(line), this.#options.limit).unref();
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#line = null;
    if (line?.isOurs) destroy(line);
  }

  #newLine(): Line {
    const link = this.#options.makeLink();
    const { client } = link;
    const isOurs = !client.isOpen;
    const line: Line = { link, opening: Promise.resolve(), isOpen: false, isOurs };
    listen(client, (error) => {
      if (this.#line === line) this.fault = error;
    });
    line.opening = (isOurs ? client.connect() : Promise.resolve()).then(
      () => {
        line.isOpen = true;
      },
      (error) => {
        if (this.#line === line) this.#line = null;
        throw error;
      },
    );
    line.opening.catch(() => {}); // each call that waits for it reports it
    return line;
  }
}

/** One call to the store, with the time that is left for it. */
export class Call {
  readonly #connection: Connection;
  readonly #options: ConnectionOptions;
  readonly #isWrite: boolean;
  readonly #begun = performance.now();
  #isSent = false;

  constructor(connection: Connection, options: ConnectionOptions, isWrite: boolean) {
    this.#connection = connection;
    this.#options = options;
    this.#isWrite = isWrite;
  }

  /** The time that is left, in ms. */
  get left(): number {
    return this.#begun + this.#options.limit - performance.now();
  }

  /** Whether a failure leaves open what became of a change. */
  get #isDoubtful(): boolean {
    return this.#isWrite && this.#isSent;
  }

  /**
   * Sends a command to the primary that has this key. Sends it again while Redis says that it did not run it, and a command
   * that only reads also after the connection broke. @throws RedisStoreError
   */
  send(key: string, args: string[]): Promise<unknown> {
    return this.#untilRun((line) => line.link.send(key, args));
  }

  /** Runs something on all primaries. @throws RedisStoreError */
  async onPrimaries<T>(work: (primaries: ReadonlyMap<string, Send>) => Promise<T>): Promise<T> {
    return this.#untilRun(async (line) => work(await line.link.primaries()));
  }

  async #untilRun<T>(command: (line: Line) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const line = this.#connection.current();
      if (this.left <= 0) throw this.#noAnswer();
      try {
        if (!line.isOpen) await this.#inTime(line, line.opening, this.#options.limit / OPENINGS);
        this.#isSent = true;
        const answer = await this.#inTime(line, command(line), this.left);
        this.#connection.fault = null;
        return answer;
      } catch (reason) {
        const error = line.isOpen ? reason : (this.#connection.fault ?? reason);
        if (!this.#mayRepeat(error, line) || this.left < LONGEST_PAUSE)
          throw redisStoreError(this.#options.location, error, this.#isDoubtful);
        if (!(error instanceof RedisStoreError)) this.#connection.fault = error;
        if (isLineLost(error)) this.#connection.giveUp(line);
        await wait(Math.random() * Math.min(2 ** attempt * 5, LONGEST_PAUSE));
      }
    }
  }

  /** A line that could not be opened has sent nothing. */
  #mayRepeat(error: unknown, { isOpen }: Line): boolean {
    const problem = problemOf(error);
    if (mayTryAgain(error)) return true;
    return isOpen ? !this.#isWrite && problem === 'unreachable' : problem !== 'denied';
  }

  #noAnswer(): RedisStoreError {
    const { location, limit } = this.#options;
    return noAnswer(location, limit, this.#connection.fault, this.#isDoubtful);
  }

  /** The answer, or an error when the time (ms) is over: then the line is given up. */
  #inTime<T>(line: Line, answer: Promise<T>, time: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#connection.giveUp(line);
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

/** The clients of Sentinel and of a cluster report the errors of their connections under names of their own. */
function listen(client: RedisClient, report: (error: unknown) => void): void {
  client.on('error', report);
  client.on('node-error', report);
  client.on('client-error', (event) => report((event as { error?: unknown }).error ?? event));
}

/** Whether another line may do better: the client is closed, its server has become a replica, or its cluster has new servers. */
function isLineLost(error: unknown): boolean {
  if (error instanceof IncompleteClusterError) return error.isClientStale;
  return isDisconnection(error) || problemOf(error) === 'read-only';
}

function destroy({ link }: Line): void {
  try {
    Promise.resolve(link.client.destroy()).catch(() => {});
  } catch {
    // It is closed already.
  }
}
