import { CHUNK } from '../../output/lines.js';
import type { RowOutput } from '../../output/row-output.js';

/** Writes rows in a format for programs as they come, in bounded memory. */
export async function writeStream<Row>(output: RowOutput<Row>, rows: AsyncIterable<Row>): Promise<void> {
  if (output.lines === null) throw new Error(`the format ${output.format} has no lines`);
  const { line, list } = output.lines;
  let gathered = '';
  let isEmpty = true;
  for await (const row of rows) {
    gathered += (isEmpty ? list.before : list.between) + line(row);
    isEmpty = false;
    if (gathered.length < CHUNK) continue;
    await output.write(gathered);
    gathered = '';
  }
  await output.write(gathered + (isEmpty ? list.empty : list.after));
}
