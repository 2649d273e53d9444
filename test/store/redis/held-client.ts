import { createClient } from 'redis';
import type { SingleClient } from '../../../src/store/redis/link.js';
import { deferred } from '../../aid/deferred.js';

/** A command that waits. */
export interface Held {
  /** Resolves when the command would be sent. */
  reached: Promise<void>;
  release: () => void;
}

/** A client of a real server. A test sees its commands, holds them back, or does something before them. */
export class HeldClient implements SingleClient {
  readonly sent: string[][] = [];
  readonly #client: SingleClient;
  readonly #acts: { matches: (args: string[]) => boolean; act: () => Promise<unknown> }[] = [];
  readonly #gates: { matches: (args: string[]) => boolean; pass: () => Promise<void> }[] = [];

  constructor(url: string) {
    this.#client = createClient({ url });
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  /** Holds back the next command that this is true for. */
  hold(matches: (args: string[]) => boolean): Held {
    const [reached, released] = [deferred(), deferred()];
    const pass = () => {
      reached.resolve();
      return released.promise;
    };
    this.#gates.push({ matches, pass });
    return { reached: reached.promise, release: released.resolve };
  }

  /** Does something before each command that this is true for. */
  beforeEach(matches: (args: string[]) => boolean, act: () => Promise<unknown>): void {
    this.#acts.push({ matches, act });
  }

  async sendCommand(args: string[], options?: object): Promise<unknown> {
    this.sent.push(args);
    for (const { matches, act } of this.#acts) if (matches(args)) await act();
    const at = this.#gates.findIndex(({ matches }) => matches(args));
    if (at >= 0) await this.#gates.splice(at, 1)[0]?.pass();
    return this.#client.sendCommand(args, options);
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  destroy(): unknown {
    return this.#client.destroy();
  }

  close(): Promise<unknown> {
    return this.#client.close();
  }

  on(event: 'error', listener: (error: unknown) => void): unknown {
    return this.#client.on(event, listener);
  }
}
