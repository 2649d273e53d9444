import { constants } from 'node:os';
import { type Clock, systemClock } from '../base/clock.js';
import { errorCode } from '../base/errors.js';
import type { SessionStore } from '../store/contract.js';
import type { OpenStoreOptions } from '../store/open.js';
import { silenceTypelessWarning } from './process/warnings.js';

/** A stream that a command writes to. */
export interface Output {
  readonly isTTY: boolean;
  /** Resolves when the text is out, so that nobody writes faster than it is read. @throws BrokenPipe */
  write(text: string): Promise<void>;
}

/** The reader of our output has gone: the work ends quietly (spec 7). */
export class BrokenPipe extends Error {}

/** All that commands know of the process: they never touch it themselves. */
export interface CliContext {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  /** The user on whose behalf the process acts; null where files have no such owners (Windows). */
  readonly uid: number | null;
  readonly clock: Clock;
  readonly out: Output;
  readonly err: Output;
  /** How wide the terminal is; where there is none, what COLUMNS says, or 80; at least 20. */
  readonly columns: number;
  readonly stdin: { readonly isTTY: boolean; read(): Promise<string> };
  /**
   * Aborted by Ctrl-C, SIGTERM and SIGHUP. What a listener writes before it first awaits is written; then the process
   * ends, with 128 and the signal's number.
   */
  readonly signal: AbortSignal;
  openStore(where: string, options: OpenStoreOptions): Promise<SessionStore>;
  /** Asks a yes-or-no question; anything but yes is no. Only where stdin and stderr are terminals. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a secret without showing it. Only where stdin and stderr are terminals. */
  askSecret(prompt: string): Promise<string>;
}

/** Whether a question would reach a person. */
export function isInteractive({ stdin, err }: CliContext): boolean {
  return stdin.isTTY && err.isTTY;
}

/** The context of the real process. */
export function processContext(): CliContext {
  silenceTypelessWarning();
  return {
    cwd: process.cwd(),
    env: process.env,
    uid: process.geteuid?.() ?? null,
    clock: systemClock,
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    columns: columnsOf(process.stdout, process.env.COLUMNS),
    stdin: { isTTY: process.stdin.isTTY === true, read: readStdin },
    signal: interruption(),
    openStore: async (where, options) => (await import('../store/open.js')).openStore(where, options),
    confirm: async (question) => (await import('./process/prompt.js')).confirm(question),
    askSecret: async (prompt) => (await import('./process/prompt.js')).askSecret(prompt),
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function interruption(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of SIGNALS)
    process.once(signal, () => {
      interrupt.abort();
      process.exit(128 + constants.signals[signal]);
    });
  return interrupt.signal;
}

/** Below this, nothing can be wrapped so that somebody reads it. */
const NARROWEST = 20;

function columnsOf({ columns }: NodeJS.WriteStream, named = ''): number {
  const stated = /^\d{1,5}$/.test(named) ? Number(named) : 0;
  return Math.max(NARROWEST, columns || stated || 80);
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // Each write reports its own failure; without a listener the event would end the process besides.
  stream.on('error', () => {});
  return {
    isTTY: stream.isTTY === true,
    write: (text) =>
      new Promise((resolve, reject) => {
        // A file or pipe takes text at once: Ctrl-C would wait for the end of a long output, but for the turn between.
        stream.write(text, (error) => (error ? reject(asBrokenPipe(error)) : setImmediate(resolve)));
      }),
  };
}

function asBrokenPipe(error: Error): Error {
  const code = errorCode(error);
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' ? new BrokenPipe() : error;
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
