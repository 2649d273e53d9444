import type { CliContext } from '../context.js';
import type { Repeat } from './repeat.js';

/** The other screen, no cursor, and lines that are too long are cut, not wrapped. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

type Terminal = Pick<CliContext, 'out' | 'signal'>;
type Draw = (lines: readonly string[]) => Promise<void>;

/** Whether the output is a terminal that can draw in place; elsewhere texts follow each other. */
export function drawsInPlace({ out, env }: Pick<CliContext, 'out' | 'env'>): boolean {
  return out.isTTY && env.TERM !== 'dumb';
}

/**
 * Shows each look on a screen of its own, and the last one again when the terminal changes its size.
 * @param linesOf no more lines than the screen has: it would scroll
 */
export async function watchInPlace<Look>(
  terminal: Terminal,
  repeat: Repeat,
  look: () => Promise<Look>,
  linesOf: (look: Look) => Promise<readonly string[]>,
): Promise<void> {
  await withScreen(terminal, async (draw) => {
    let last: { look: Look } | null = null;
    const show = async () => {
      if (last !== null) await draw(await linesOf(last.look));
    };
    await repeat(async () => {
      last = { look: await look() };
      await show();
    }, show);
  });
}

/**
 * The other screen of the terminal, as pagers use it. While the work runs it shows what `draw` gives; afterwards the terminal
 * is as it was, also after an error, Ctrl-C or a signal.
 */
async function withScreen({ out, signal }: Terminal, work: (draw: Draw) => Promise<void>): Promise<void> {
  let isIn = true;
  const leave = async () => {
    if (!isIn) return;
    isIn = false;
    await out.write(LEAVE);
  };
  // Written in this turn: the process ends after it.
  const onAbort = () => void leave().catch(() => {});
  signal.addEventListener('abort', onAbort);
  await out.write(ENTER);
  try {
    await work(async (lines) => {
      // One write, so that nobody sees half a picture.
      if (isIn)
        await out.write(`${HOME}${lines.join(`${CLEAR_LINE_END}\r\n`)}${CLEAR_LINE_END}${CLEAR_BELOW}`);
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    await leave();
  }
}
