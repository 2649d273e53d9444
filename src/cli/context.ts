import type { Clock } from '../base/clock.js';
import type { SessionStore } from '../store/contract.js';
import type { OpenStoreOptions } from '../store/open.js';

/** A stream that a command writes to. */
export interface OutputStream {
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
  readonly out: OutputStream;
  readonly err: OutputStream;
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
