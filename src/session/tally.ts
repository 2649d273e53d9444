import { MoinSessionsError } from '../errors.js';
import type { AdminOptions, ExpireReport, PurgeReport } from './admin.js';

/** What became of one session; null when there was none, so that it counts for nothing. */
export type Outcome = { done: boolean; bytes: number } | null;

export interface Tally {
  matched: number;
  done: number;
  kept: number;
  failed: number;
  bytes: number;
}

/** Whether nothing is to be done, but counted. */
export function isDry({ dryRun = false }: AdminOptions): boolean {
  return dryRun;
}

/**
 * Deals with sessions one after the other and counts what became of them. One that fails does not stop the rest;
 * what is no fault of store or record does.
 */
export async function tallyUp<T extends { id: string }>(
  targets: AsyncIterable<T>,
  deal: (target: T) => Promise<Outcome>,
  { signal, onProgress, onDone, onFailure }: AdminOptions,
): Promise<Tally> {
  const tally: Tally = { matched: 0, done: 0, kept: 0, failed: 0, bytes: 0 };
  let looked = 0;
  for await (const target of targets) {
    signal?.throwIfAborted();
    try {
      const outcome = await deal(target);
      if (outcome !== null) count(tally, outcome);
      if (outcome?.done) onDone?.(target.id);
    } catch (error) {
      if (!(error instanceof MoinSessionsError)) throw error;
      tally.matched += 1;
      tally.failed += 1;
      onFailure?.(target.id, error);
    }
    looked += 1;
    onProgress?.(looked);
  }
  return tally;
}

function count(tally: Tally, { done, bytes }: NonNullable<Outcome>): void {
  tally.matched += 1;
  if (done) {
    tally.done += 1;
    tally.bytes += bytes;
  } else {
    tally.kept += 1;
  }
}

export function expireReport({ matched, done, kept, failed, bytes }: Tally, dryRun: boolean): ExpireReport {
  return { matched, expired: done, kept, failed, bytes, dryRun };
}

export function purgeReport({ matched, done, kept, failed, bytes }: Tally, dryRun: boolean): PurgeReport {
  return { matched, removed: done, kept, failed, bytes, dryRun };
}
