import { BatchedList, batchesOf } from '../../base/batches.js';
import { SECOND } from '../../base/clock.js';
import type { UnlistedSessions } from '../../session/admin/user-entries.js';
import type { CliContext } from '../context.js';
import { counted, grouped } from './humanize.js';

export interface Progress {
  /** Shows how many sessions are done and how many were examined. */
  at(done: number, examined?: number): void;
  /** Clears the line. */
  end(): void;
  /** Yields the same rows, and shows how many have passed. */
  over<T>(rows: AsyncIterable<T>): AsyncIterable<T>;
}

/** Time between two drawings, in ms. */
const PAUSE = 100;
const BAR_WIDTH = 20;
const CLEAR_LINE = '\r\x1b[K';

const HIDDEN: Progress = { at: () => {}, end: () => {}, over: (rows) => rows };

/**
 * Shows the progress in one line on stderr: a bar with `total`, a count without. Shows nothing in the first second,
 * without a terminal that can clear a line, or with `quiet` (spec 7).
 */
export function startProgress(
  { clock, err, env }: Pick<CliContext, 'clock' | 'err' | 'env'>,
  label: string,
  {
    quiet = false,
    total,
    noun = 'session',
  }: { quiet?: boolean; total?: number | undefined; noun?: string } = {},
): Progress {
  // A dumb terminal shows the characters that would clear the line.
  if (!err.isTTY || env.TERM === 'dumb' || quiet) return HIDDEN;
  let due = clock() + SECOND;
  let drawn = false;
  return { at, end, over };

  function at(done: number, examined = done): void {
    const now = clock();
    if (now < due) return;
    due = now + PAUSE;
    drawn = true;
    send(CLEAR_LINE + line(label, noun, { done, examined, total }));
  }

  function end(): void {
    if (drawn) send(CLEAR_LINE);
    drawn = false;
  }

  function over<T>(rows: AsyncIterable<T>): AsyncIterable<T> {
    return new BatchedList(() => batchesOver(rows));
  }

  async function* batchesOver<T>(rows: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
    let done = 0;
    try {
      for await (const batch of batchesOf(rows)) {
        yield batch;
        done += batch.length;
        at(done);
      }
    } finally {
      end();
    }
  }

  /** Ignores failures: a closed terminal must not stop the work. */
  function send(text: string): void {
    err.write(text).catch(() => {});
  }
}

/** Shows how many records a look for sessions of users has read, beside the sessions that it has found. */
export function showReading(
  { unlisted }: { unlisted: UnlistedSessions | undefined },
  progress: Pick<Progress, 'at'>,
  found: () => number = () => 0,
): void {
  if (unlisted !== undefined) unlisted.onRead = (records) => progress.at(found(), records);
}

/** Shows the records that looks for sessions of users read. Returns what clears the line. @param site null: there is nothing to look for */
export function startReading(
  context: Pick<CliContext, 'clock' | 'err' | 'env'>,
  site: { unlisted: UnlistedSessions | undefined } | null,
  { quiet = false }: { quiet?: boolean },
): () => void {
  const progress = startProgress(context, 'Reading', { quiet, noun: 'record' });
  if (site?.unlisted !== undefined) site.unlisted.onRead = (records) => progress.at(records);
  return progress.end;
}

function line(
  label: string,
  noun: string,
  { done, examined, total }: { done: number; examined: number; total: number | undefined },
): string {
  if (total === undefined)
    return `${label}: ${counted(done, noun)}${examined > done ? `, ${grouped(examined)} looked at` : ''}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * BAR_WIDTH);
  return `${label}: [${'='.repeat(full)}${' '.repeat(BAR_WIDTH - full)}] ${Math.floor(share * 100)}% of ${counted(total, noun)}`;
}
