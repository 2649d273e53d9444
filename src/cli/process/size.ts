/** The smallest width in characters: text wrapped to less is unreadable. */
const NARROWEST = 20;

const LOWEST = 5;

/** The width of the stream's terminal. Without a terminal: COLUMNS, else 80. */
export function columnsOf({ columns }: NodeJS.WriteStream): number {
  return sizeOf(columns, process.env.COLUMNS, { least: NARROWEST, usual: 80 });
}

/** The lines of the stream's terminal. Without a terminal: LINES, else 24. */
export function rowsOf({ rows }: NodeJS.WriteStream): number {
  return sizeOf(rows, process.env.LINES, { least: LOWEST, usual: 24 });
}

function sizeOf(
  actual: number | undefined,
  named = '',
  { least, usual }: { least: number; usual: number },
): number {
  const stated = /^\d{1,5}$/.test(named) ? Number(named) : 0;
  return Math.max(least, actual || stated || usual);
}
