import { constants, hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import type { OpenRedis } from '../../store/opener.js';
import { type Actor, BrokenPipe, type CliContext, type OutputStream } from '../context.js';
import { silenceTypelessWarning } from './warnings.js';

/** The context of the real process. */
export function processContext(): CliContext {
  silenceTypelessWarning();
  return {
    cwd: process.cwd(),
    env: process.env,
    uid: process.geteuid?.() ?? null,
    program: {
      node: process.execPath,
      script: fileURLToPath(new URL('../../../bin/moin-sessions.js', import.meta.url)),
    },
    actor,
    invocation: { command: '' },
    clock: systemClock,
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    columns: columnsOf(process.stdout, process.env.COLUMNS),
    stdin: lateStdin,
    signal: interruption(),
    openStore: async (where, options) =>
      (await import('../../store/opener.js')).storeOpenerWith(openRedis, where, options)(),
    wait: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    confirm: async (question) => (await import('./prompt.js')).confirm(question),
    askSecret: async (prompt) => (await import('./prompt.js')).askSecret(prompt),
  };
}

/** Late: most sites have no Redis. */
const openRedis: OpenRedis = async (where, options) =>
  new (await import('../../store/redis/store.js')).RedisStore(where, options);

function actor(): Actor {
  return { user: userName(), sudoUser: process.env.SUDO_USER, host: hostname(), pid: process.pid };
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

/** The smallest width in characters: text wrapped to less is unreadable. */
const NARROWEST = 20;

function columnsOf({ columns }: NodeJS.WriteStream, named = ''): number {
  const stated = /^\d{1,5}$/.test(named) ? Number(named) : 0;
  return Math.max(NARROWEST, columns || stated || 80);
}

function outputTo(stream: NodeJS.WriteStream): OutputStream {
  // Each write rejects with its own failure. Without a listener the `error` event would also end the process.
  stream.on('error', () => {});
  return {
    isTTY: stream.isTTY === true,
    write: (text) =>
      new Promise((resolve, reject) => {
        // Writes to a file or pipe are synchronous. `setImmediate` lets Ctrl-C end a long output.
        stream.write(text, (error) => (error ? reject(asBrokenPipe(error)) : setImmediate(resolve)));
      }),
  };
}

function asBrokenPipe(error: Error): Error {
  const code = errorCode(error);
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' ? new BrokenPipe() : error;
}

/** Opens stdin at its first use: most commands read nothing, and opening a pipe takes 1.5 ms. */
const lateStdin: CliContext['stdin'] = {
  get isTTY() {
    return process.stdin.isTTY === true;
  },
  read: readStdin,
};

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
