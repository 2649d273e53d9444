/** Bytes: two blocks of most disks. A file of up to this size gets another line. */
export const ROOM = 8192;
/** Bytes. The same for a file that stayed open, because its session is saved all the time; less than one read takes. */
export const BUSY_ROOM = 60 * 1024;
/** How many lines that are too long for that a file may have. */
const MOST_LONG_LINES = 4;
/** Bytes. A longer line is alone in its file, so that no file of several lines comes near what can be read (16 MB). */
const LONGEST_ADDED = 64 * 1024;

/** The size (bytes) up to which a file may grow by a line of this size. @param room what short lines have */
export function roomFor(line: number, room: number): number {
  return line > LONGEST_ADDED ? 0 : Math.max(room, MOST_LONG_LINES * line);
}
