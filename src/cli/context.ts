import type { Clock } from '../base/clock.js';
import { MoinSessionsError } from '../base/errors.js';
import type { SessionStore } from '../store/contract.js';
import type { OpenStoreOptions } from '../store/opener.js';

/** A stream that a command writes to. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Resolves when the reader has taken the text. @throws BrokenPipe when the reader has gone; OutputError when there is no room for it */
  write(text: string): Promise<void>;
}

/** The stream for all that is no result. */
export interface ErrorStream extends OutputStream {
  /** As `CliContext.columns`, of this stream: stdout may be another terminal, or none. */
  readonly columns: number;
}

/** Thrown when the reader of the output has gone. The command then ends quietly with status 0 (spec 7). */
export class BrokenPipe extends Error {}

/** Thrown after the result was written, when the answer is an exit code other than 0. Nothing more is reported. */
export class Answer extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}

/** Thrown when the output cannot be written although its reader is there, as on a full disk. */
export class OutputError extends MoinSessionsError {}

/** Who runs the command, for the audit log. */
export interface Actor {
  /** The account of the process. */
  user: string;
  /** Who called sudo, as sudo says. */
  sudoUser?: string | undefined;
  host: string;
  pid: number;
}

/** What a command knows of the process. No command uses `process` itself, so tests can replace all of it. */
export interface CliContext {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  /** The effective user id of the process; null on systems without user ids (Windows). */
  readonly uid: number | null;
  actor(): Actor;
  /** Node and the script that run the command: absolute paths. */
  readonly program: { readonly node: string; readonly script: string };
  /** The command with its flags, once it is parsed: `expire --user alice`. */
  readonly invocation: { command: string; isQuiet?: boolean };
  readonly clock: Clock;
  readonly out: OutputStream;
  readonly err: ErrorStream;
  /** Width of the terminal of stdout in characters, at least 20; it may change. Without a terminal: COLUMNS, else 80. */
  readonly columns: number;
  /** Lines of the terminal, at least 5. Without a terminal: LINES, else 24. */
  readonly rows: number;
  readonly stdin: {
    readonly isTTY: boolean;
    read(): Promise<string>;
    /** The same text piece by piece, for an input that may be larger than memory. */
    chunks(): AsyncIterable<string>;
  };
  /**
   * Aborted by Ctrl-C, SIGTERM and SIGHUP. A listener may write before its first `await`; then the process exits with
   * 128 and the signal's number.
   */
  readonly signal: AbortSignal;
  /** Resolves after so many ms, or as soon as the size of the terminal changes. @throws BrokenPipe when nobody reads the output */
  wait(ms: number): Promise<'over' | 'resized'>;
  openStore(where: string, options: OpenStoreOptions): Promise<SessionStore>;
  /** Asks a yes-or-no question; any answer but yes is no. Needs `isInteractive`. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a secret without showing it. Needs a terminal as stdin. */
  askSecret(prompt: string): Promise<string>;
}

/** Whether a question reaches a person: stdin and stderr are terminals. */
export function isInteractive({ stdin, err }: CliContext): boolean {
  return stdin.isTTY && err.isTTY;
}
