import { readFileSync } from 'node:fs';
import { constants, hostname, userInfo } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { systemClock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import type { LateStores } from '../../store/opener.js';
import {
  type Actor,
  BrokenPipe,
  type CliContext,
  type ErrorStream,
  OutputError,
  type OutputStream,
} from '../context.js';
import { hasReaderLeft } from './reader.js';
import { columnsOf, rowsOf } from './size.js';
import { nameInPasswd, sudoUserIn } from './sudo-user.js';
import { tidyWarnings } from './warnings.js';

/** The context of the real process. @param script the absolute path of the script that runs the command */
export function processContext(script: string): CliContext {
  const invocation: CliContext['invocation'] = { command: '' };
  tidyWarnings({ invocation });
  return {
    cwd: process.cwd(),
    env: process.env,
    uid: process.geteuid?.() ?? null,
    program: { node: process.execPath, script },
    actor,
    invocation,
    clock: systemClock,
    out: outputTo(process.stdout),
    err: errors(),
    get columns() {
      return columnsOf(process.stdout);
    },
    get rows() {
      return rowsOf(process.stdout);
    },
    stdin: lateStdin,
    signal: interruption(),
    wait,
    openStore: async (where, options) =>
      (await import('../../store/opener.js')).storeOpenerWith(LATE_STORES, where, options)(),
    confirm: async (question) => (await import('./prompt.js')).confirm(question),
    askSecret: async (prompt) => (await import('./prompt.js')).askSecret(prompt),
  };
}

/** Late: most sites have no Redis, and no wiki. */
const LATE_STORES: LateStores = {
  redis: async (where, options) =>
    new (await import('../../store/redis/store.js')).RedisStore(where, options),
  moin: async (dir, settings, options) =>
    new (await import('../../moin/store.js')).MoinStore(dir, settings, options),
};

function actor(): Actor {
  const sudoUser = sudoUserIn(process.env, process.geteuid?.(), userOfMachine);
  return { user: userName(), sudoUser, host: hostname(), pid: process.pid };
}

/** Node knows no other way to a name. Who comes from a directory service is not in the file. */
function userOfMachine(uid: number): string | null {
  try {
    return nameInPasswd(readFileSync('/etc/passwd', 'utf8'), uid);
  } catch {
    return null;
  }
}

/** In a container, the user of the process may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.geteuid?.()}`;
  }
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

/** Not by a spread, which would read the width once. */
function errors(): ErrorStream {
  const { isTTY, write } = outputTo(process.stderr);
  return {
    isTTY,
    write,
    get columns() {
      return columnsOf(process.stderr);
    },
  };
}

/** Ms between two looks whether somebody still reads the output. */
const READER_LOOK = 250;

function wait(ms: number): Promise<'over' | 'resized'> {
  const { stdout } = process;
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      clearInterval(looks);
      stdout.off('resize', onResize);
    };
    const onResize = () => {
      stop();
      resolve('resized');
    };
    const look = () => {
      if (!hasReaderLeft(stdout.fd)) return;
      stop();
      reject(new BrokenPipe());
    };
    const timer = setTimeout(() => {
      stop();
      resolve('over');
    }, ms);
    const looks = setInterval(look, READER_LOOK);
    stdout.once('resize', onResize);
    look();
  });
}

function outputTo(stream: NodeJS.WriteStream): OutputStream {
  // Each write rejects with its own failure. Without a listener the `error` event would also end the process.
  stream.on('error', () => {});
  return {
    isTTY: stream.isTTY === true,
    write: (text) =>
      new Promise((resolve, reject) => {
        // Writes to a file or pipe are synchronous. `setImmediate` lets Ctrl-C end a long output.
        stream.write(text, (error) => (error ? reject(outputFault(error)) : setImmediate(resolve)));
      }),
  };
}

function outputFault(error: Error): Error {
  const code = errorCode(error);
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new BrokenPipe();
  return new OutputError(
    `cannot write the output (${code ?? error.message}), what is there is not whole: make room, or write it elsewhere`,
    { cause: error },
  );
}

/** Opens stdin at its first use: most commands read nothing, and opening a pipe takes 1.5 ms. */
const lateStdin: CliContext['stdin'] = {
  get isTTY() {
    return process.stdin.isTTY === true;
  },
  read: readStdin,
  chunks: stdinChunks,
};

async function readStdin(): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stdinChunks()) chunks.push(chunk);
  return chunks.join('');
}

async function* stdinChunks(): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of process.stdin) yield decoder.write(chunk);
  yield decoder.end();
}
