import { counted, exactDuration, grouped, timeTexts } from '../output/humanize.js';
import { isoText } from '../output/iso.js';
import { rowTexts } from '../output/row-text.js';
import type { Style } from '../output/style.js';
import { tableText } from '../output/table.js';
import { rulerFor } from '../output/text.js';
import type { Column } from '../output/view.js';
import { Gallery, type MarkedSession, type Picture } from './gallery.js';
import { watchInPlace } from './screen.js';
import type { Watching } from './watching.js';

/** Lines of the screen that are not rows: what is watched, an empty one, the headings. */
const OTHER_LINES = 3;

const MARK: Column<MarkedSession> = {
  name: ' ',
  value: ({ mark }) => mark,
  paint: (mark, style) => paintOf(mark, style),
};

/** A table that is drawn in place. */
export async function watchOnScreen({
  context,
  options,
  output,
  order,
  read,
  every,
  repeat,
}: Watching): Promise<void> {
  const columns: readonly Column<MarkedSession>[] = [MARK, ...output.columns];
  const gallery = new Gallery([...output.columns, order.sortBy]);
  const style = await output.style();
  const look = () => {
    const limit = Math.min(order.limit ?? Number.POSITIVE_INFINITY, room());
    return gallery.look(read(), { ...order, limit });
  };
  await watchInPlace(context, repeat, look, linesOf);

  function room(): number {
    return context.rows - OTHER_LINES;
  }

  async function linesOf(picture: Picture): Promise<string[]> {
    const now = context.clock();
    const toText = rowTexts(columns, now, timeTexts(options.time ?? 'relative', now));
    // The terminal may have become lower since the look.
    const shown = { ...picture, rows: picture.rows.slice(0, room()) };
    const rows = shown.rows.map(toText);
    const width = options.wide ? Number.POSITIVE_INFINITY : context.columns;
    let table = '';
    for await (const piece of tableText(rows, columns, { width, keepsAll: output.hasFields, style }))
      table += piece;
    const head = headText(shown, now);
    const ruler = await rulerFor([head]);
    return [style.bold(ruler.clip(head, context.columns)), '', ...table.split('\n').slice(0, -1)];
  }

  function headText({ rows, matched, appeared, changed, gone }: Picture, now: number): string {
    const shown = rows.filter(({ mark }) => mark !== '-').length;
    const count = `${shown < matched ? `${grouped(shown)} of ` : ''}${counted(matched, 'session')}`;
    const changes = `+${grouped(appeared)} ~${grouped(changed)} -${grouped(gone)}`;
    return `${count}  ${changes}  every ${exactDuration(every)}  ${isoText(new Date(now)).slice(11, 19)}Z`;
  }
}

function paintOf(mark: string, style: Style): (text: string) => string {
  return { '+': style.good, '~': style.warn, '-': style.bad }[mark] ?? ((text) => text);
}
