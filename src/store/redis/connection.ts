import { Call, type Way } from './call.js';
import { Deadlines } from './deadlines.js';
import { closeLine, type Line, listen, openLine } from './line.js';
import type { Link, RedisClient } from './link.js';

export interface ConnectionOptions {
  /** The store's name for messages, without password. */
  location: string;
  /** How long (ms) a call may take. */
  limit: number;
  /** Makes a client that is not connected yet. */
  makeLink: () => Link;
  /** Whether `makeLink` gives another client at each call, so that one that hangs can be given up. */
  isOwn: boolean;
}

/**
 * The way to Redis. Every command ends within the time limit of its call. A client that gave no answer in time is given up,
 * because a connection may be dead without anybody having been told; the next command opens a new one.
 */
export class Connection implements Way {
  readonly location: string;
  readonly limit: number;
  readonly isOwn: boolean;
  readonly deadlines = new Deadlines();
  fault: unknown = null;
  readonly #makeLink: () => Link;
  readonly #heard = new WeakSet<RedisClient>();
  readonly #givenUp = new Set<Line>();
  #line: Line | null = null;
  #isClosed = false;

  constructor({ location, limit, makeLink, isOwn }: ConnectionOptions) {
    this.location = location;
    this.limit = limit;
    this.isOwn = isOwn;
    this.#makeLink = makeLink;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A call to the store: all its commands together end within the time limit. */
  call(kind: { isWrite: boolean }): Call {
    return new Call(this, kind);
  }

  /** Has the next command open a new line. What still waits on this one ends by its own time limit. */
  giveUp(line: Line): void {
    if (this.#line !== line || !(this.isOwn || isLost(line))) return;
    this.#line = null;
    if (!this.isOwn) return;
    this.#givenUp.add(line);
    setTimeout(() => this.#close(line), this.limit).unref();
  }

  /** For good: calls under way and later ones fail, so that no connection keeps the process alive. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const line of this.#givenUp) this.#close(line);
    const line = this.#line;
    this.#line = null;
    if (!line?.isOurs) return;
    closeLine(line);
    // A client that is closed while it connects goes on with it.
    line.opening.then(
      () => closeLine(line),
      () => {},
    );
  }

  /** The present line; opens one where there is none. A client of the application that has closed is connected again. */
  current(): Line {
    if (this.#line !== null && isLost(this.#line)) this.#line = null;
    this.#line ??= this.#newLine();
    return this.#line;
  }

  #newLine(): Line {
    const link = this.#makeLink();
    const { client } = link;
    if (!this.#heard.has(client))
      listen(client, (error) => {
        if (this.#line?.link.client === client) this.fault = error;
      });
    this.#heard.add(client);
    const line = openLine(link);
    line.opening.catch(() => {
      if (this.#line === line) this.#line = null;
    });
    return line;
  }

  #close(line: Line): void {
    this.#givenUp.delete(line);
    if (line.isOurs) closeLine(line);
  }
}

/** Whether the client was connected and has been closed since. */
function isLost({ isOpen, link }: Line): boolean {
  return isOpen && !link.client.isOpen;
}
