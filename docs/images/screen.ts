import stringWidth from 'string-width';

/** How characters look: codes of SGR (ECMA-48), such as 1 for bold and 36 for cyan. */
export interface Look {
  bold: boolean;
  dim: boolean;
  color: number | null;
}

/** One character on a screen, with what combines with it. */
export interface Cell {
  text: string;
  /** 1 or 2 columns. */
  width: number;
  look: Look;
}

const ESCAPE = '\u001b';
const PLAIN: Look = { bold: false, dim: false, color: null };
const SEQUENCE = new RegExp(`${ESCAPE}\\[(\\??[\\d;]*)([A-Za-z])`, 'y');
/** Invisible, and drawn by the viewer of the picture: each run has a place of its own there. */
const ISOLATES = /[\u2068\u2069]/;
const segmenter = new Intl.Segmenter();

/**
 * What a terminal of so many columns shows after this text: rows of cells. It knows the sequences that the command line writes.
 * @throws Error for any other one: a picture must not lie
 */
export function screenOf(text: string, columns: number): Cell[][] {
  let rows: Cell[][] = [[]];
  let look = PLAIN;
  let row = 0;
  let isHome = false;
  for (let at = 0; at < text.length; ) {
    SEQUENCE.lastIndex = at;
    const [sequence, parameters = '', final = ''] = SEQUENCE.exec(text) ?? [];
    if (sequence === undefined) {
      const end = nextEscape(text, at);
      for (const { segment } of segmenter.segment(text.slice(at, end))) write(segment);
      at = end;
    } else {
      control(parameters, final);
      at += sequence.length;
    }
  }
  while (rows.length > 0 && rows.at(-1)?.length === 0) rows.pop();
  return rows;

  function write(segment: string): void {
    if (ISOLATES.test(segment)) return;
    if (segment === '\n' || segment === '\r\n') {
      nextRow();
      return;
    }
    const width = stringWidth(segment);
    if (widthOf(rows[row]) + width > columns) nextRow();
    rows[row]?.push({ text: segment, width, look });
  }

  function nextRow(): void {
    row += 1;
    if (isHome || rows[row] === undefined) rows[row] = [];
  }

  function control(parameters: string, final: string): void {
    if (final === 'm') look = lookAfter(look, parameters);
    else if (final === 'H' && parameters === '') {
      row = 0;
      isHome = true;
      rows[0] = [];
    } else if (final === 'J' && parameters === '') rows = rows.slice(0, row + 1);
    // A line is written from its beginning, and so is cleared already; the other screen is the whole picture.
    else if (!(final === 'K' && parameters === '') && !/^\?(1049|25|7)$/.test(parameters))
      throw new Error(`no picture of the sequence ${JSON.stringify(parameters + final)}`);
  }
}

function widthOf(cells: readonly Cell[] = []): number {
  return cells.reduce((sum, { width }) => sum + width, 0);
}

function nextEscape(text: string, from: number): number {
  const next = text.indexOf(ESCAPE, from);
  if (next === from) throw new Error('no picture of an escape without a sequence');
  return next === -1 ? text.length : next;
}

function lookAfter(look: Look, parameters: string): Look {
  return parameters.split(';').map(Number).reduce(withCode, look);
}

function withCode(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { ...look, color: null };
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...look, color: code };
  throw new Error(`no picture of SGR ${code}`);
}
