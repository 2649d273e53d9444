import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Call, Listener, type Message } from './history.js';
import { clock } from './writer.mjs';

const SCRIPT = fileURLToPath(new URL('writer.mjs', import.meta.url));

export interface WriterOptions {
  /** The folder of the built package. */
  built: string;
  /** A folder, or the address of a store. */
  where: string;
  seed: number;
  steps: number;
  /** Works without locks. */
  broken?: boolean;
}

/** A process that does random work on a store (`writer.mjs`), and what it said of it. */
export class WriterProcess {
  readonly #listener: Listener;
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #ready: Promise<void>;
  #onFirst: () => void = () => {};
  #killAt = Number.POSITIVE_INFINITY;
  #heard = 0;

  constructor({ built, where, seed, steps, broken = false }: WriterOptions) {
    const args = [SCRIPT, built, where, String(seed), String(steps), broken ? 'broken' : ''];
    this.#listener = new Listener(`w${seed}`);
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#closed = new Promise((done) => this.#process.once('close', done));
    this.#ready = new Promise((ready) => this.#listen(ready));
  }

  /** Lets it begin; resolves when it is under way. */
  async start(): Promise<void> {
    await Promise.race([this.#ready, this.#closed]);
    this.#process.stdin?.write('go\n');
  }

  /** Resolves when it has begun its work. */
  underWay(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFirst = resolve;
    });
  }

  /** Resolves with its calls, when it is done. */
  async done(): Promise<Call[]> {
    const status = await this.#closed;
    if (status !== 0) throw new Error(`a writer ended with ${status}`);
    return this.#listener.calls;
  }

  /** Kills it once it has said so many things; resolves when it is dead, with the call that it was in the middle of. */
  async killAfter(messages: number): Promise<{ calls: Call[]; interrupted: Call | null }> {
    this.#killAt = messages;
    await this.#closed;
    if (this.#process.signalCode !== 'SIGKILL') throw new Error('a writer ended before it was killed');
    const interrupted = this.#listener.ended(clock());
    return { calls: this.#listener.calls, interrupted };
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #listen(ready: () => void): void {
    if (this.#process.stdout === null) return;
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if ('ready' in message) return ready();
      this.#listener.hear(message);
      this.#heard += 1;
      if (this.#heard === 1) this.#onFirst();
      if (this.#heard >= this.#killAt) this.kill();
    });
  }
}

/** Runs writers at the same time, from the same moment. Gives all their calls. */
export async function writtenBy(writers: readonly WriterProcess[]): Promise<Call[]> {
  await Promise.all(writers.map((writer) => writer.start()));
  return (await Promise.all(writers.map((writer) => writer.done()))).flat();
}
