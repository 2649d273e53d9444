import { SECOND } from '../../base/clock.js';
import type { CliContext } from '../context.js';
import { counted, grouped } from './humanize.js';

export interface Progress {
  /** Says how many are done, and how many were looked at for that. */
  at(done: number, looked?: number): void;
  /** Takes the bar away. */
  end(): void;
  /** The same rows, counted as they come. */
  over<T>(rows: AsyncIterable<T>): AsyncIterable<T>;
}

const PAUSE = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\x1b[K';

const UNSEEN: Progress = { at: () => {}, end: () => {}, over: (rows) => rows };

/**
 * A line on a terminal's stderr that tells how far the work is; nothing elsewhere, and nothing in the first
 * second. Without `total` it counts, with it there is a bar.
 */
export function startProgress(
  { clock, err }: Pick<CliContext, 'clock' | 'err'>,
  label: string,
  { quiet = false, total }: { quiet?: boolean; total?: number | undefined } = {},
): Progress {
  if (!err.isTTY || quiet) return UNSEEN;
  let due = clock() + SECOND;
  let drawn = false;
  return { at, end, over };

  function at(done: number, looked = done): void {
    const now = clock();
    if (now < due) return;
    due = now + PAUSE;
    drawn = true;
    send(CLEAR_LINE + line(label, { done, looked, total }));
  }

  function end(): void {
    if (drawn) send(CLEAR_LINE);
    drawn = false;
  }

  async function* over<T>(rows: AsyncIterable<T>): AsyncGenerator<T> {
    let done = 0;
    try {
      for await (const row of rows) {
        yield row;
        done += 1;
        at(done);
      }
    } finally {
      end();
    }
  }

  /** A terminal that has gone is no reason to stop the work. */
  function send(text: string): void {
    err.write(text).catch(() => {});
  }
}

function line(
  label: string,
  { done, looked, total }: { done: number; looked: number; total: number | undefined },
): string {
  if (total === undefined)
    return `${label}: ${counted(done, 'session')}${looked > done ? `, ${grouped(looked)} looked at` : ''}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * BAR_WIDTH);
  return `${label}: [${'='.repeat(full)}${' '.repeat(BAR_WIDTH - full)}] ${Math.floor(share * 100)}% of ${counted(total, 'session')}`;
}
