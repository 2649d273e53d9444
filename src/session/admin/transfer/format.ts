import type { SessionRecord, Tombstone } from '../../../store/contract.js';

/** The name in the first line of an export. */
export const FORMAT = 'moin-sessions-export';
/** The version of the format that is written, and the newest that is read. */
export const FORMAT_VERSION = 1;

/** The first line of an export. */
export interface Head {
  format: typeof FORMAT;
  version: typeof FORMAT_VERSION;
  /** ISO 8601. */
  exported: string;
}

/** A line of an export between the first and the last. */
export type Item = { session: SessionRecord } | { id: string; tombstone: Tombstone };

/** The last line of an export. A file without it was cut. */
export interface End {
  end: {
    sessions: number;
    /** Tombstones. */
    ended: number;
    /** Of all bytes above this line, in hex. */
    sha256: string;
  };
}
