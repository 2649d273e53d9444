import type { CliContext } from '../context.js';

/** The other screen, no cursor, and lines that are too long are cut, not wrapped. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/**
 * The other screen of the terminal, as pagers use it. While the work runs it shows what `draw` gives; afterwards the terminal
 * is as it was, also after an error, Ctrl-C or a signal.
 */
export async function withScreen<T>(
  { out, signal }: Pick<CliContext, 'out' | 'signal'>,
  work: (draw: (lines: readonly string[]) => Promise<void>) => Promise<T>,
): Promise<T> {
  let isIn = true;
  const leave = async () => {
    if (!isIn) return;
    isIn = false;
    await out.write(LEAVE);
  };
  // Written in this turn: the process ends after it.
  signal.addEventListener('abort', () => void leave().catch(() => {}));
  await out.write(ENTER);
  try {
    return await work(async (lines) => {
      // One write, so that nobody sees half a picture.
      if (isIn)
        await out.write(`${HOME}${lines.join(`${CLEAR_LINE_END}\r\n`)}${CLEAR_LINE_END}${CLEAR_BELOW}`);
    });
  } finally {
    await leave();
  }
}
