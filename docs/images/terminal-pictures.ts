import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main.js';
import { processContext } from '../../src/cli/process/process-context.js';
import { liveOn } from './meanwhile.js';
import { screenOf } from './screen.js';
import { terminalSvg } from './terminal-svg.js';

const ROOT = join(import.meta.dirname, '../..');
/** Made once: it listens to signals. */
const PROCESS = processContext(join(ROOT, 'bin/moin-sessions.js'));
const COLUMNS = 80;
const ROWS = 24;
/** The moment that the sample data are made for. */
const NOW = Date.parse('2026-11-20T12:00:00Z');

/** The pictures of the command line that stand beside this file, by their names: what is typed, without the program. */
export const PICTURES: Readonly<Record<string, readonly string[]>> = {
  'cli-list': ['list', '--limit', '12'],
  'cli-simulate': ['simulate', '--cookie-file', 'sample-data/cookies/ended-by-administrator.txt'],
  'cli-stats': ['stats'],
  'cli-watch': ['list', '--watch', '--limit', '12'],
};

/** Ms between two looks. */
const PAUSE = 2000;

/**
 * Runs a command on the sample data, as on a terminal with colours, and draws what it shows. A command that watches is drawn
 * after its second look, when some sessions have come, changed and gone.
 */
export async function pictureOf(argv: readonly string[]): Promise<string> {
  if (!argv.includes('--watch')) return drawn(argv, join(ROOT, 'sample-data'));
  const copy = mkdtempSync(join(tmpdir(), 'moin-sessions-picture-'));
  try {
    cpSync(join(ROOT, 'sample-data'), copy, { recursive: true });
    return await drawn(argv, copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** @param site the folder of the sample data; it changes if the command watches */
async function drawn(argv: readonly string[], site: string): Promise<string> {
  const interrupt = new AbortController();
  let now = NOW;
  let shown: string | null = null;
  let written = '';
  const out = {
    isTTY: true,
    columns: COLUMNS,
    write: async (text: string) => {
      written += text;
    },
  };
  const code = await main(argv, {
    ...PROCESS,
    cwd: ROOT,
    env: {
      MOIN_SESSIONS_CONFIG: join(site, 'moin-sessions.config.json'),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      FORCE_COLOR: '1',
    },
    clock: () => now,
    columns: COLUMNS,
    rows: ROWS,
    out,
    err: out,
    signal: interrupt.signal,
    wait: async () => {
      if (now === NOW) {
        now += PAUSE;
        await liveOn(join(site, 'store'), now);
      } else {
        shown ??= written;
        interrupt.abort();
      }
      return 'over';
    },
  });
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${written}`);
  const typed = `moin-sessions ${argv.join(' ')}`;
  return terminalSvg(typed, screenOf(shown ?? `$ ${typed}\n${written}`, COLUMNS), COLUMNS);
}
