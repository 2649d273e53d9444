import { writeSync } from 'node:fs';
import { StoreError } from '../base/errors.js';
import { lateChildProcess } from '../base/late-child-process.js';
import { LoggerProcess } from './logger-process.js';
import type { AuditSink, Level, OnLoss } from './sink.js';

/** Facility `auth` (4) and the levels of RFC 5424, as `logger --prio-prefix` reads them at the beginning of a line. */
const PRIORITY: Readonly<Record<Level, string>> = { warning: '<36>', notice: '<37>', info: '<38>' };
/** Lines that wait for a `logger`. */
const MOST_WAITING = 10_000;
/** Ms between two starts of `logger`. What it got earlier than this before it failed is sent again. */
const PAUSE = 1000;
/** Ms for `logger` to send what is left at the end. */
const PATIENCE = 5000;

/**
 * An audit log in syslog. Node has no datagram sockets of Unix, so the system's program `logger` (util-linux) sends the
 * lines: one process, which reads them from a pipe and ends with this one.
 */
export class Syslog implements AuditSink {
  readonly name = 'audit log in syslog';
  readonly #arguments: readonly string[];
  readonly #onLoss: OnLoss;
  #logger: LoggerProcess | null = null;
  #startedAt = Number.NEGATIVE_INFINITY;
  #waiting: string[] = [];
  #complaint = '';

  /** @param socket the socket of syslog. Default: the system's */
  constructor(onLoss: OnLoss, socket?: string) {
    this.#onLoss = onLoss;
    const how = ['--tag', 'moin-sessions', `--id=${process.pid}`, '--size', '16KiB', '--prio-prefix'];
    this.#arguments = [...how, '--socket-errors=on', ...(socket === undefined ? [] : ['--socket', socket])];
  }

  open(): void {
    const fault = this.#sendNow('');
    if (fault !== null) throw fault;
  }

  write(line: string, level: Level): boolean {
    if (this.#waiting.length >= MOST_WAITING) throw unreachable(this.#complaint);
    this.#waiting.push(PRIORITY[level] + line);
    this.#pass();
    return this.#logger?.hasLasted ?? false;
  }

  async close(): Promise<void> {
    await this.#logger?.end(PATIENCE);
    process.removeListener('exit', this.#atExit);
    // A later line starts another one at once: nothing else would send it.
    this.#startedAt = Number.NEGATIVE_INFINITY;
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    const fault = this.#sendNow(lines.join(''));
    if (fault !== null) this.#onLoss(fault, lines.length);
  }

  /** Gives all waiting lines to a `logger` that takes some, and starts it if it is time. */
  #pass(): void {
    const logger = this.#logger ?? this.#start();
    if (logger === null || !logger.isReady || this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    logger.give(lines);
  }

  #start(): LoggerProcess | null {
    const now = performance.now();
    if (now - this.#startedAt < PAUSE) return null;
    this.#startedAt = now;
    process.removeListener('exit', this.#atExit).once('exit', this.#atExit);
    const logger = new LoggerProcess(this.#arguments, {
      keepFor: PAUSE,
      onReady: () => this.#pass(),
      onComplaint: (text) => this.#onLoss(unreachable(text), 1),
      onEnd: (complaint, undelivered) => {
        this.#logger = null;
        this.#waiting = [...undelivered, ...this.#waiting];
        if (complaint === null) return;
        this.#complaint = complaint;
        this.#onLoss(unreachable(complaint), 0);
      },
    });
    this.#logger = logger;
    return logger;
  }

  /** Sends what is left by a `logger` of its own: the pipe of the other one is written on a later turn, which never comes. */
  readonly #atExit = () => {
    const lines = [...(this.#logger?.undelivered ?? []), ...this.#waiting];
    const fault = lines.length === 0 ? null : this.#sendNow(lines.join(''));
    if (fault !== null) lastWords(`moin-sessions: ${fault.message}; ${lines.length} entries are lost\n`);
  };

  #sendNow(input: string): StoreError | null {
    const { status, stderr, error } = lateChildProcess().spawnSync('logger', this.#arguments, {
      env: LoggerProcess.ENVIRONMENT,
      input,
      stdio: ['pipe', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: PATIENCE,
    });
    return status === 0 && stderr === '' ? null : unreachable(stderr || (error?.message ?? ''));
  }
}

function unreachable(complaint: string): StoreError {
  const said =
    complaint
      .split('\n', 1)[0]
      ?.trim()
      .replace(/^logger: /, '') ?? '';
  return new StoreError(
    `cannot write the audit log in syslog${said && ` (${said})`}: it needs the program 'logger' of util-linux and a syslog that listens; or name a file in the option 'audit'`,
  );
}

/** At the exit of the process no warning is shown any more. */
function lastWords(text: string): void {
  try {
    writeSync(process.stderr.fd, text);
  } catch {}
}
