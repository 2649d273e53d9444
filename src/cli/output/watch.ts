import { SECOND } from '../../base/clock.js';
import type { CliContext } from '../context.js';
import { counted } from './humanize.js';

/** The other screen of the terminal, without a cursor; what was on the first one is there again afterwards. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_REST_OF_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

type Watching = Pick<CliContext, 'out' | 'env' | 'signal' | 'wait' | 'rows'>;

/**
 * Draws again and again, until Ctrl-C: on a terminal in place, on a screen of its own; elsewhere, and with TERM=dumb, one
 * text after the other. Leaves the terminal as it was, after an error too.
 * @param every the time between two drawings, in ms
 * @param draw returns whole lines
 */
export async function watch(context: Watching, every: number, draw: () => Promise<string>): Promise<void> {
  if (context.out.isTTY && context.env.TERM !== 'dumb') await watchInPlace(context, every, draw);
  else await repeat(context, every, async () => context.out.write(await draw()));
}

async function watchInPlace(context: Watching, every: number, draw: () => Promise<string>): Promise<void> {
  let isOpen = true;
  const leave = async () => {
    if (!isOpen) return;
    isOpen = false;
    await context.out.write(LEAVE);
  };
  // The process exits after the listeners: this write must begin in the same turn.
  const onAbort = () => void leave();
  context.signal.addEventListener('abort', onAbort);
  await context.out.write(ENTER);
  try {
    await repeat(context, every, async () => {
      const text = await draw();
      if (isOpen)
        await context.out.write(frame(text, `every ${every / SECOND} s, Ctrl-C ends`, context.rows));
    });
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    await leave();
  }
}

/** Does the step again and again, until Ctrl-C. @param every the time between two steps, in ms */
export async function repeat(
  { signal, wait }: Pick<CliContext, 'signal' | 'wait'>,
  every: number,
  step: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await step();
    await wait(every);
  }
}

/** What the screen has room for, and the footer in its last line. A line break there would scroll the screen. */
function frame(text: string, footer: string, rows: number): string {
  const lines = text.trimEnd().split('\n');
  const room = Math.max(0, rows - 1);
  const hidden = lines.length - room;
  const shown = [...lines.slice(0, room), hidden > 0 ? `${footer}; ${counted(hidden, 'more line')}` : footer];
  return `${HOME}${shown.join(`${CLEAR_REST_OF_LINE}\n`)}${CLEAR_REST_OF_LINE}${CLEAR_BELOW}`;
}
