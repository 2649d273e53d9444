import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject, onTestFinished } from 'vitest';

const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));

export interface WorkerOptions {
  /** A folder, or the address of a store. */
  where: string;
  job: string;
  argument?: string | number | undefined;
  /** The session that the job is about. */
  only?: string | undefined;
  /** The user to become, which takes root. */
  uid?: number | '' | undefined;
}

/** Another process at work on a store (`worker.mjs`). */
export class Worker {
  /** What it has said so far, but for 'ready'. */
  readonly said: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #ready: Promise<void>;

  constructor({ where, job, argument = '', only = '', uid = '' }: WorkerOptions) {
    const args = [WORKER, `${inject('built')}/dist`, where, job, String(argument), only, String(uid)];
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#closed = new Promise((done) => this.#process.once('close', done));
    this.#ready = this.#listen();
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  /** Lets it begin; resolves when it is under way. */
  async start(): Promise<void> {
    await this.#ready;
    this.#process.stdin?.write('go\n');
  }

  /** Resolves with what it said, when it is done. */
  async done(): Promise<string[]> {
    const status = await this.#closed;
    if (status !== 0) throw new Error(`the worker ended with ${status}`);
    return this.said;
  }

  #listen(): Promise<void> {
    return new Promise((ready) => {
      if (this.#process.stdout === null) return;
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        if (line === 'ready') return ready();
        this.said.push(line);
      });
    });
  }
}

/** Runs workers at the same time, from the same moment. Gives what each said. */
export async function together(workers: readonly Worker[]): Promise<string[][]> {
  await Promise.all(workers.map((worker) => worker.start()));
  return Promise.all(workers.map((worker) => worker.done()));
}
