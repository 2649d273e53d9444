import type { AuditEntry } from '../../../audit/entry.js';
import type { CliContext } from '../../context.js';
import { heading } from '../../output/column-widths.js';
import type { RowOutput } from '../../output/row-output.js';
import { BETWEEN, rowTexts } from '../../output/row-text.js';
import { unicodeRuler } from '../../output/text.js';
import { Newest } from './newest.js';
import type { LogReader } from './reader.js';

/** Ms between two looks at the file. */
const PAUSE = 250;
/** Widths in a table whose rows are not known yet. */
const WIDTHS: Readonly<Record<string, number>> = {
  at: 20,
  event: 14,
  user: 16,
  by: 16,
  reason: 24,
  id: 12,
  count: 5,
};
const WIDTH = 15;

/** Writes the newest entries, and then each that comes, until the command is interrupted. */
export async function follow(
  context: CliContext,
  output: RowOutput<AuditEntry>,
  reader: LogReader,
  entries: AsyncIterable<AuditEntry>,
  limit: number,
): Promise<void> {
  const { rows } = await Newest.of(entries, limit);
  const line = output.lines?.line ?? (await tableLine(context, output));
  if (output.format === 'csv') await output.write(output.lines?.list.before ?? '');
  if (output.format === 'table') await output.write(await headLine(context, output));
  for (const row of rows) await output.write(line(row));
  while (!context.signal.aborted) {
    for (const entry of reader.news())
      if (output.format !== 'ids' || entry.id !== undefined) await output.write(line(entry));
    await context.wait(PAUSE);
  }
}

async function tableLine(
  context: CliContext,
  output: RowOutput<AuditEntry>,
): Promise<(entry: AuditEntry) => string> {
  const toText = rowTexts(output.columns, output.now());
  const lay = await layout(context, output);
  return (entry) => lay(toText(entry).split(BETWEEN));
}

async function headLine(context: CliContext, output: RowOutput<AuditEntry>): Promise<string> {
  return (await layout(context, output))(output.columns.map((column) => heading(column)));
}

/** Returns what lays out cells in columns of fixed widths, and cuts the line at the edge of the terminal. */
async function layout(
  { out, columns: edge }: CliContext,
  { columns }: RowOutput<AuditEntry>,
): Promise<(cells: readonly string[]) => string> {
  const ruler = await unicodeRuler();
  return (cells) => {
    const padded = cells.map((cell, index) => {
      const width = WIDTHS[columns[index]?.name ?? ''] ?? WIDTH;
      const shown = out.isTTY ? ruler.clip(cell, width) : cell;
      return ruler.isolate(shown) + ' '.repeat(Math.max(0, width - ruler.width(shown)));
    });
    const line = padded.join('  ').trimEnd();
    return `${out.isTTY ? ruler.clip(line, edge) : line}\n`;
  };
}
