import { type MoinSessionsError, StoreError } from '../../../base/errors.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import { bare } from '../../../base/own.js';
import type { SessionRecord } from '../../../store/contract.js';
import { tombstonesOf } from '../../../store/tombstone-list.js';
import { stateOf } from '../../lifecycle/state.js';
import type { SessionFilter } from '../filter.js';
import { type AdminSources, Selection } from '../select.js';
import { type End, FORMAT, FORMAT_VERSION, type Head, type Item } from './format.js';

/** The result of an export. `matched` is the sum of `exported`, `expired` and `failed`. */
export interface ExportReport {
  matched: number;
  exported: number;
  /** Left out, because they have expired. */
  expired: number;
  /** Unreadable sessions. */
  failed: number;
  /** Tombstones. */
  ended: number;
  /** The size of the file. */
  bytes: number;
}

export interface ExportOptions {
  /** Turns a value into one line of JSON. */
  toJson: (value: unknown) => string;
  /** Gives a record of another kind of store the form of ours. Default: it is written as it is. */
  adapt?: (record: SessionRecord) => SessionRecord;
  signal?: AbortSignal;
  onProgress?: (exported: number) => void;
  /** Called for each session that cannot be read. */
  onFailure: (id: string, error: MoinSessionsError) => void;
}

/** Characters that are gathered before a write. */
const CHUNK = 65_536;

/**
 * Writes the sessions that a filter selects, as they are, as lines of JSON. Leaves out those that expired by time, unless the filter
 * asks for them. Without any condition it also writes the tombstones that are not over, so that what has ended stays so where the
 * file is imported. No secret and no token is among them.
 * @throws StoreError when the store cannot be read
 */
export async function exportSessions(
  sources: AdminSources,
  filter: SessionFilter,
  write: (text: string) => Promise<void>,
  options: ExportOptions,
): Promise<ExportReport> {
  const report: ExportReport = { matched: 0, exported: 0, expired: 0, failed: 0, ended: 0, bytes: 0 };
  const lines = new Lines(write, options.toJson);
  const now = sources.clock();
  await lines.add({
    format: FORMAT,
    version: FORMAT_VERSION,
    exported: new Date(now).toISOString(),
  } satisfies Head);
  for await (const item of items(sources, filter, now, report, options)) {
    options.signal?.throwIfAborted();
    await lines.add(item);
    if ('session' in item) report.exported += 1;
    else report.ended += 1;
    options.onProgress?.(report.exported);
  }
  const { exported: sessions, ended } = report;
  await lines.add({ end: { sessions, ended, sha256: lines.digest() } } satisfies End);
  await lines.flush();
  return { ...report, bytes: lines.bytes };
}

/** Tombstones come last: a session that ends meanwhile is then ended in the file, too. */
async function* items(
  sources: AdminSources,
  filter: SessionFilter,
  now: number,
  report: ExportReport,
  { onFailure, adapt = (record) => record }: ExportOptions,
): AsyncGenerator<Item> {
  const conditions = bare(filter);
  for await (const entry of new Selection(sources, filter).entries(now)) {
    report.matched += 1;
    const { record } = entry;
    if (record === null) {
      report.failed += 1;
      onFailure(
        entry.id,
        new StoreError(`session ${entry.id} is unreadable, and left out: ${entry.unreadable}`),
      );
    } else if (record.ended === null && stateOf(record, now) === 'expired' && conditions.state !== 'expired')
      report.expired += 1;
    else yield { session: adapt(record) };
  }
  if (Object.keys(conditions).length > 0) return;
  for await (const ended of tombstonesOf(sources.store)) if (ended.tombstone.until > now) yield ended;
}

/** Gathers lines, and digests what it writes. */
class Lines {
  readonly #write: (text: string) => Promise<void>;
  readonly #toJson: (value: unknown) => string;
  readonly #hash = lateCrypto().createHash('sha256');
  #gathered = '';
  bytes = 0;

  constructor(write: (text: string) => Promise<void>, toJson: (value: unknown) => string) {
    this.#write = write;
    this.#toJson = toJson;
  }

  async add(value: Head | Item | End): Promise<void> {
    const line = `${this.#toJson(value)}\n`;
    this.#hash.update(line);
    this.bytes += Buffer.byteLength(line);
    this.#gathered += line;
    if (this.#gathered.length >= CHUNK) await this.flush();
  }

  /** Of all lines so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  async flush(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    if (text !== '') await this.#write(text);
  }
}
