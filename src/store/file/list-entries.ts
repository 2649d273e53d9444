import { fstatSync } from 'node:fs';
import { errorCode } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { type Remedies, storeFault } from '../../disk/fault.js';
import { plainStats, readPart, systemError } from '../../disk/plain-file.js';

/** A line of a list: a session, and the digest of its user's id. */
export interface ListEntry {
  owner: string;
  id: string;
}

const ENTRY = /^[0-9a-f]{32} [0-9a-f]{32}$/;
const ENTRY_LENGTH = 65;
const LINE_BREAK = 10;
const COMPACTED = /^compacted (\d{1,12})\n/;
const COMPACTED_LENGTH = 'compacted \n'.length + 12;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The largest list (bytes) that is read: four million entries. Something else wrote a larger one, or it has holes. */
const LARGEST_LIST = 256 * 1024 * 1024;

/** How many bytes of a list to read at a time. */
const CHUNK = 64 * 1024;

/** The size and inode number of an open list file. @throws a system error when it is no plain file, or larger than any list */
export function listStats(fd: number): { ino: number; size: number } {
  if (fstatSync(fd).isDirectory()) throw systemError('EISDIR', 'read');
  const { ino, size } = plainStats(fd);
  if (size > LARGEST_LIST) throw systemError('ELISTSIZE', 'read');
  return { ino, size };
}

const MADE_ANEW = "move it away, then 'moin-sessions check --fix' makes the list anew";
const REMEDIES: Remedies = {
  EISDIR: `a folder is in the place of this list of users' sessions: ${MADE_ANEW}`,
  ENXIO: `a pipe, socket or device is in the place of this list of users' sessions: ${MADE_ANEW}`,
};

/** The `StoreError` for what is in the place of a list file and is none; other errors unchanged. */
export function oddListFault(error: unknown, path: string): unknown {
  return (errorCode(error) ?? '') in REMEDIES ? storeFault(error, `cannot use ${path}`, REMEDIES) : error;
}

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

/**
 * The ids that the first `size` bytes of an open list file have for one user, in the same portions as `readEntries`. Only
 * this user's lines become text: the others cost no more than a look at their bytes. An id in two portions comes twice.
 */
export function* readIdsOf(fd: number, size: number, owner: string): Generator<string[]> {
  const wanted = Buffer.from(`${owner} `, 'latin1');
  for (let at = 0; at < size; at += CHUNK) {
    // A line that the portion before cut, and the line break before it, are looked at again.
    const start = Math.max(0, at - ENTRY_LENGTH - 1);
    yield idsIn(readPart(fd, start, Math.min(size, at + CHUNK)), wanted, start === 0);
  }
}

function idsIn(bytes: Buffer, wanted: Buffer, isStart: boolean): string[] {
  const ids: string[] = [];
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) {
    const line = bytes.toString('latin1', at, at + ENTRY_LENGTH);
    const isWhole = at === 0 ? isStart : bytes[at - 1] === LINE_BREAK;
    if (isWhole && bytes[at + ENTRY_LENGTH] === LINE_BREAK && ENTRY.test(line)) ids.push(parseEntry(line).id);
  }
  return ids;
}

function parseEntry(line: string): ListEntry {
  return { owner: line.slice(0, 32), id: line.slice(33) };
}

/** Each entry begins and ends a line, so an entry that was cut short does not spoil the next one. */
export function formatEntries(entries: readonly ListEntry[]): string {
  return entries.map(({ owner, id }) => `\n${owner} ${id}\n`).join('');
}

/**
 * The text of a compacted list. It begins with its size (bytes), so that other processes know how long the list was then.
 * The line is no entry, and readers of entries skip it.
 */
export function formatCompacted(entries: readonly ListEntry[], added: string): string {
  const text = formatEntries(entries) + added;
  return text === '' ? '' : `compacted ${text.length}\n${text}`;
}

/** The size (bytes) after the last compaction of an open list file of `size` bytes; 0 when it was never compacted. */
export function compactedSize(fd: number, size: number): number {
  const beginning = readPart(fd, 0, COMPACTED_LENGTH).toString('latin1');
  const compacted = Number(COMPACTED.exec(beginning)?.[1] ?? 0);
  return compacted <= size ? compacted : 0;
}

/**
 * The digest that stands for a user's id in a list: an id may hold anything, and lists must not reveal it. UTF-8 encodes
 * all lone surrogates alike, so an id with one is digested as UTF-16 after a byte order mark, with which no UTF-8 begins.
 */
export function ownerDigest(userId: string): string {
  const bytes = LONE_SURROGATE.test(userId) ? Buffer.from(`\ufeff${userId}`, 'utf16le') : userId;
  return lateCrypto().createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
