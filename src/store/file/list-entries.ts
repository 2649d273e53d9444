import { lateCrypto } from '../../base/late-crypto.js';
import { readPart } from '../../disk/plain-file.js';

/** A line of a list: a session, and the digest of its user's id. */
export interface ListEntry {
  owner: string;
  id: string;
}

const ENTRY = /^[0-9a-f]{32} [0-9a-f]{32}$/;
const ENTRY_LENGTH = 65;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** How many bytes of a list to read at a time. */
const CHUNK = 64 * 1024;

/** The entries in the first `size` bytes of an open list file, some hundred at a time. Skips lines that are no entries. */
export function* readEntries(fd: number, size: number): Generator<ListEntry[]> {
  let rest = '';
  for (let at = 0; at < size; at += CHUNK) {
    const lines = (rest + readPart(fd, at, Math.min(size, at + CHUNK)).toString('latin1')).split('\n');
    // The end of a line longer than an entry is enough: such a line is not an entry.
    rest = (lines.pop() ?? '').slice(-ENTRY_LENGTH - 1);
    yield lines.filter((line) => ENTRY.test(line)).map(parseEntry);
  }
}

function parseEntry(line: string): ListEntry {
  return { owner: line.slice(0, 32), id: line.slice(33) };
}

/** Each entry begins and ends a line, so an entry that was cut short does not spoil the next one. */
export function formatEntries(entries: readonly ListEntry[]): string {
  return entries.map(({ owner, id }) => `\n${owner} ${id}\n`).join('');
}

/**
 * The digest that stands for a user's id in a list: an id may hold anything, and lists must not reveal it. UTF-8 encodes
 * all lone surrogates alike, so an id with one is digested as UTF-16 after a byte order mark, with which no UTF-8 begins.
 */
export function ownerDigest(userId: string): string {
  const bytes = LONE_SURROGATE.test(userId) ? Buffer.from(`\ufeff${userId}`, 'utf16le') : userId;
  return lateCrypto().createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
