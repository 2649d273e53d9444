import { type Actor, BrokenPipe, type CliContext } from '../../../src/cli/context.js';
import { main } from '../../../src/cli/main.js';
import type { SessionStore } from '../../../src/store/contract.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { openStore } from '../../../src/store/open.js';
import { isMoinAddress, type OpenStoreOptions } from '../../../src/store/opener.js';
import { NOW } from '../records.js';

export interface World {
  store?: SessionStore;
  /** Stores by their address; `store` is under every other one. */
  stores?: Record<string, SessionStore>;
  columns?: number;
  /** Width of stderr's terminal. Default: `columns`. */
  errColumns?: number;
  rows?: number;
  tty?: boolean;
  env?: Record<string, string>;
  cwd?: string;
  /** Default null: whose a configuration is does not matter. */
  uid?: number | null;
  /** Who runs it. Default: `operator` on `web1`. */
  actor?: Partial<Actor>;
  stdin?: string;
  /** What a person answers; without one, being asked is a failure. */
  answers?: (boolean | string)[];
  clock?: () => number;
  /** What `wait` does: moves the clock, changes the store, ends the command. Without it, waiting is a failure. */
  wait?: (ms: number) => Promise<'over' | 'resized'>;
  signal?: AbortSignal;
  /** After so many writes the reader of stdout has gone. */
  readerLeavesAfter?: number;
}

export interface Outcome {
  code: number;
  out: string;
  err: string;
  /** The questions that were asked. */
  asked: string[];
  /** How `openStore` was called. */
  opened: ({ where: string } & OpenStoreOptions)[];
}

/** Pieces that end within lines, as a pipe gives them. */
async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
}

/** Runs one command line over a memory store, far from the process. A wiki that the line names is opened. */
export async function cli(world: World, ...argv: string[]): Promise<Outcome> {
  const { store = new MemoryStore(), columns = 80, tty = false, env = {}, cwd = '/', stdin = '' } = world;
  const outcome: Outcome = { code: -1, out: '', err: '', asked: [], opened: [] };
  const answers = [...(world.answers ?? [])];
  const answer = (question: string) => {
    outcome.asked.push(question);
    const next = answers.shift();
    if (next === undefined) throw new Error(`nobody answers: ${question}`);
    return next;
  };
  let writes = 0;
  const context: CliContext = {
    cwd,
    env,
    uid: world.uid ?? null,
    columns,
    rows: world.rows ?? 24,
    program: { node: '/usr/bin/node', script: '/srv/app/node_modules/moin-sessions/bin/moin-sessions.js' },
    actor: () => ({ user: 'operator', host: 'web1', pid: 4711, ...world.actor }),
    invocation: { command: '' },
    clock: world.clock ?? (() => NOW),
    signal: world.signal ?? new AbortController().signal,
    out: {
      isTTY: tty,
      async write(text) {
        if (writes >= (world.readerLeavesAfter ?? Number.POSITIVE_INFINITY)) throw new BrokenPipe();
        writes += 1;
        outcome.out += text;
      },
    },
    err: {
      isTTY: tty,
      columns: world.errColumns ?? columns,
      async write(text) {
        outcome.err += text;
      },
    },
    stdin: { isTTY: tty, read: async () => stdin, chunks: () => piecesOf(stdin) },
    wait: world.wait ?? (() => Promise.reject(new Error('nobody waits'))),
    openStore: async (where, options) => {
      outcome.opened.push({ where, ...options });
      if (world.store === undefined && isMoinAddress(where)) return openStore(where, options);
      return world.stores?.[where] ?? store;
    },
    confirm: async (question) => answer(question) === true,
    askSecret: async (prompt) => String(answer(prompt)),
  };
  outcome.code = await main(argv, context);
  return outcome;
}
