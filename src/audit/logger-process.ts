import type { ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { lateChildProcess } from '../base/late-child-process.js';

export interface LoggerOptions {
  /** Ms after the start for which the lines are kept: a `logger` that finds no syslog ends with them unread. */
  keepFor: number;
  /** Called when the process takes lines again. */
  onReady(): void;
  /** Called with what the process says on stderr while it runs: it could not send a line. */
  onComplaint(text: string): void;
  /** @param complaint null after `end` without an error @param undelivered the lines that it has not sent */
  onEnd(complaint: string | null, undelivered: string[]): void;
}

/** One process of the program `logger`. It does not keep this process alive. */
export class LoggerProcess {
  /** Only here the system's own `logger` is looked for. */
  static readonly ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

  readonly #child: ChildProcessByStdio<Writable, null, Readable>;
  readonly #options: LoggerOptions;
  readonly #keepUntil: number;
  readonly #ended: Promise<void>;
  #kept: string[] = [];
  #inFlight: string[] = [];
  #said = '';
  #isEnding = false;

  constructor(argv: readonly string[], options: LoggerOptions) {
    this.#options = options;
    this.#keepUntil = performance.now() + options.keepFor;
    const child = lateChildProcess().spawn('logger', argv, {
      env: LoggerProcess.ENVIRONMENT,
      stdio: ['pipe', 'ignore', 'pipe'],
      cwd: '/',
    });
    this.#child = child;
    child.unref();
    for (const stream of [child.stdin, child.stderr] as unknown as Socket[]) stream.unref();
    // The end of the process says it all.
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => this.#over(error.message, resolve));
      child.on('close', (code) => this.#over(code === 0 ? null : this.#said || `exit ${code}`, resolve));
    });
  }

  /** Whether it has run for so long that it has found a syslog. */
  get hasLasted(): boolean {
    return performance.now() >= this.#keepUntil;
  }

  /** Whether lines go into the pipe at once. */
  get isReady(): boolean {
    return this.#child.stdin.writable && this.#child.stdin.writableLength === 0;
  }

  /** The lines that are not in the pipe yet. */
  get undelivered(): readonly string[] {
    return this.#inFlight;
  }

  /** Writes lines. They are in the pipe in this turn unless it is full. */
  give(lines: string[]): void {
    const { stdin } = this.#child;
    if (!this.hasLasted) this.#kept.push(...lines);
    this.#inFlight = lines;
    stdin.write(lines.join(''), (error) => {
      if (error) return;
      this.#inFlight = [];
      this.#options.onReady();
    });
    if (stdin.writableLength === 0) this.#inFlight = [];
  }

  /** Resolves when the process has sent all that it got. Kills it after `patience` ms. */
  async end(patience: number): Promise<void> {
    this.#isEnding = true;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    this.#child.ref();
    this.#child.stdin.end();
    await this.#ended;
    clearTimeout(timer);
  }

  #hear(text: string): void {
    this.#said = text;
    if (this.hasLasted) this.#options.onComplaint(text);
  }

  #over(complaint: string | null, resolve: () => void): void {
    const failedEarly = complaint !== null && !this.hasLasted;
    const undelivered = failedEarly ? this.#kept : this.#inFlight;
    this.#inFlight = [];
    this.#kept = [];
    const expected = this.#isEnding && complaint === null;
    this.#options.onEnd(expected ? null : (complaint ?? 'it has ended'), undelivered);
    resolve();
  }
}
