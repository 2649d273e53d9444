import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = fileURLToPath(new URL('./worker.mjs', import.meta.url));

/** Compiles the library to where its dependencies are found, for other processes to run. */
export function buildLibrary(): { library: string; remove: () => void } {
  const parent = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const library = mkdtempSync(join(parent, 'moin-sessions-test-'));
  chmodSync(library, 0o755);
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '--outDir', library, '--declaration', 'false'], { cwd: PROJECT });
  return { library, remove: () => rmSync(library, { recursive: true, force: true }) };
}

export interface WorkerOptions {
  library: string;
  dir: string;
  job: string;
  argument?: string | number | undefined;
  /** The session that the job is about. */
  only?: string | undefined;
  /** The user to become, which takes root. */
  uid?: number | '' | undefined;
}

/** Another process at work on a file store (`worker.mjs`). */
export class Worker {
  /** What it has said so far, but for 'ready'. */
  readonly said: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #ready: Promise<void>;
  #onLine: (count: number) => void = () => {};

  constructor({ library, dir, job, argument = '', only = '', uid = '' }: WorkerOptions) {
    const args = [WORKER, library, dir, job, String(argument), only, String(uid)];
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

  /** Kills it as soon as it has said that many lines; resolves with what it said, when it is dead. */
  async killAfter(lines: number): Promise<string[]> {
    this.#onLine = (count) => count >= lines && this.#process.kill('SIGKILL');
    await this.#closed;
    return this.said;
  }

  #listen(): Promise<void> {
    return new Promise((ready) => {
      if (this.#process.stdout === null) return;
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        if (line === 'ready') return ready();
        this.said.push(line);
        this.#onLine(this.said.length);
      });
    });
  }
}

/** Runs workers at the same time, from the same moment. Gives what each said. */
export async function together(workers: readonly Worker[]): Promise<string[][]> {
  await Promise.all(workers.map((worker) => worker.start()));
  return Promise.all(workers.map((worker) => worker.done()));
}
