import type { CliContext } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { linesFor } from './formats.js';
import { type TimeStyle, timeTexts } from './humanize.js';
import { BARE, CHUNK, type Frame, framed, type Lines } from './lines.js';
import { Output } from './output.js';
import type { OutputOptions } from './output-options.js';
import { rowTexts } from './row-text.js';
import { type Column, chooseColumns, type View } from './view.js';

/** Lines that a command may write below its table. */
const FOOTER = 3;

/** The rows of one command in the format that its flags name. */
export class RowOutput<Row> extends Output {
  /** The columns of `--fields` in its order, else those of the format. */
  readonly columns: readonly Column<Row>[];
  /** Whether `--fields` names the columns. */
  readonly hasFields: boolean;
  /** How the format turns rows into lines; null for `table` and `count`, which have no line per row. */
  readonly lines: Lines<Row> | null;
  /** The greatest width of a table in characters. Without a terminal there is no limit (spec 7). */
  readonly #width: number;
  /** Where the lines of a wider table break: between columns, because a terminal would break them inside a word. */
  readonly #foldAt: number;
  /** The lines of the terminal that a table may fill. */
  readonly #height: number;
  readonly #time: TimeStyle;

  /** @throws UsageError also when `--fields` names a field that the view does not have */
  constructor(
    context: CliContext,
    options: OutputOptions & SiteOptions,
    view: View<Row>,
    formats: { hasMetrics?: boolean } = {},
  ) {
    super(context, options, formats);
    const { fields, csvSafe = false, wide, time = 'relative' } = options;
    this.columns = chooseColumns(view, fields, { forPeople: this.format === 'table', wide });
    this.hasFields = fields !== undefined;
    this.lines = linesFor(this.format, this.columns, { idOf: view.idOf, csvSafe });
    this.#time = time;
    const screen = context.out.isTTY ? context.columns : Number.POSITIVE_INFINITY;
    this.#width = wide ? Number.POSITIVE_INFINITY : screen;
    this.#foldAt = screen;
    this.#height = context.out.isTTY ? context.rows - FOOTER : Number.POSITIVE_INFINITY;
  }

  /** What turns a row into its text for `writeList`: a line of the format, or the cells of a table. */
  toText(): (row: Row) => string {
    const now = this.now();
    return this.lines?.line ?? rowTexts(this.columns, now, timeTexts(this.#time, now));
  }

  /** Writes the texts of a list of rows. */
  async writeList(texts: Iterable<string>): Promise<void> {
    if (this.isSilent) return;
    if (this.lines === null) await this.#writeTable(texts);
    else await this.writeLines(texts, this.lines.list);
  }

  /** Writes a list of rows. Gathers all texts in memory first. */
  async writeRows(rows: AsyncIterable<Row> | Iterable<Row>): Promise<void> {
    if (this.isSilent) return;
    if (this.format === 'count') return this.writeCount(rows);
    const toText = this.toText();
    const texts: string[] = [];
    for await (const row of rows) texts.push(toText(row));
    await this.writeList(texts);
  }

  /** Writes a result of a single row, such as a report. */
  async writeSingle(row: Row): Promise<void> {
    if (this.lines === null) return this.writeRows([row]);
    await this.writeLines([this.lines.line(row)], this.lines.single);
  }

  /** Writes how many rows there are. */
  async writeCount(rows: AsyncIterable<Row> | Iterable<Row>): Promise<void> {
    let count = 0;
    for await (const _ of rows) count += 1;
    await this.write(`${count}\n`);
  }

  /** Writes many lines in chunks. */
  async writeLines(lines: Iterable<string>, frame: Frame = BARE): Promise<void> {
    let gathered = '';
    for (const text of framed(lines, frame)) {
      gathered += text;
      if (gathered.length < CHUNK) continue;
      await this.write(gathered);
      gathered = '';
    }
    if (gathered !== '') await this.write(gathered);
  }

  async #writeTable(texts: Iterable<string>): Promise<void> {
    const { tableText } = await import('./table.js');
    const style = await this.style();
    const size = { width: this.#width, height: this.#height, foldAt: this.#foldAt };
    await this.writeTexts(tableText(texts, this.columns, { ...size, keepsAll: this.hasFields, style }));
  }
}
