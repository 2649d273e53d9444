const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Cells of printable ASCII, with tabs between them. */
const ASCII_ROW = /^[\t\x20-\x7e]*$/;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';

/** Measures the width of texts on a terminal, in columns. */
export interface Ruler {
  width(text: string): number;
  /** Returns the text; a text wider than `width` columns is shortened and ends with an ellipsis. */
  clip(text: string, width: number): string;
  /** Isolates right-to-left text, which would otherwise reverse the order of its neighbours (Unicode UAX 9). */
  isolate(text: string): string;
}

/** A ruler for printable ASCII. */
export const asciiRuler: Ruler = {
  width: (text) => text.length,
  clip: (text, width) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`),
  isolate: (text) => text,
};

/** Returns a ruler for the cells in these rows (`rowTexts`). Loads the Unicode tables only for text beyond printable ASCII. */
export async function rulerFor(rows: readonly string[]): Promise<Ruler> {
  return rows.every((row) => ASCII_ROW.test(row)) ? asciiRuler : unicodeRuler();
}

/** A ruler for any text. */
export async function unicodeRuler(): Promise<Ruler> {
  const { default: stringWidth } = await import('string-width');
  const graphemes = new Intl.Segmenter();
  const width = (text: string) => (PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text));
  return { width, clip, isolate };

  function clip(text: string, most: number): string {
    if (width(text) <= most) return text;
    let kept = '';
    let room = most - 1;
    for (const { segment } of graphemes.segment(text)) {
      room -= width(segment);
      if (room < 0) break;
      kept += segment;
    }
    return `${kept}…`;
  }
}

/** Isolates right-to-left text, as `Ruler.isolate`. */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? FIRST_STRONG_ISOLATE + text + POP_DIRECTIONAL_ISOLATE : text;
}

/** The text without what `isolate` puts around its parts. */
export function withoutIsolates(text: string): string {
  return text.replaceAll(FIRST_STRONG_ISOLATE, '').replaceAll(POP_DIRECTIONAL_ISOLATE, '');
}

/** Breaks the text between words into lines of at most `most` columns. Clips a longer word. */
export function wrap(text: string, most: number, ruler: Ruler): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && ruler.width(line) + 1 + ruler.width(word) <= most)
      lines[lines.length - 1] += ` ${word}`;
    else lines.push(ruler.clip(word, most));
  }
  return lines;
}
