import { asciiRuler, wrap } from '../output/text.js';
import type { Row } from './rows.js';
import { areLines, type Example } from './texts.js';

/** A long word stays whole: it may be a path or a flag that somebody copies. */
const ruler = { ...asciiRuler, clip: (text: string) => text };
/** A term may be this long. The meaning of a longer one begins on the next line. */
const LONGEST_TERM = 34;
/** The least room for meanings beside their terms. In less, each begins on the next line. */
const LEAST_ROOM = 24;

/** The text in lines of at most `width` characters. The lines after the first are indented. */
export function paragraph(text: string, width: number, indent = ''): string[] {
  const [first = '', ...others] = wrap(text, width, ruler);
  if (others.length === 0) return [first];
  const rest = others.join(' ');
  return [first, ...wrap(rest, width - indent.length, ruler).map((line) => indent + line)];
}

/** A note, wrapped; or its lines as they are, if they are to be pasted. */
export function noteLines(note: string, width: number): string[] {
  return areLines(note) ? note.split('\n') : paragraph(note, width);
}

/** The width of the column of terms. Terms that are too long for it do not count. */
export function termWidth(rows: readonly Row[]): number {
  const lengths = rows.map(({ term }) => term.length);
  return Math.max(0, ...lengths.filter((length) => length <= LONGEST_TERM));
}

/** Each row in a line, with its meaning in a second column; a long meaning goes on in the same column. */
export function rowLines(rows: readonly Row[], width: number, column = termWidth(rows)): string[] {
  const room = width - column - 4;
  return rows.flatMap(({ term, meaning }) => {
    if (room < LEAST_ROOM) return [`  ${term}`, ...indented(meaning, width, 6)];
    const [first = '', ...others] = indented(meaning, width, column + 4);
    if (term.length > column) return [`  ${term}`, first, ...others];
    return [`  ${term.padEnd(column)}  ${first.trimStart()}`.trimEnd(), ...others];
  });
}

function indented(text: string, width: number, indent: number): string[] {
  if (text === '') return [];
  return wrap(text, width - indent, ruler).map((line) => ' '.repeat(indent) + line);
}

/** A heading and words with commas between them, on as few lines as they need. No line breaks within a word. */
export function wordLines(heading: string, words: readonly string[], width: number): string[] {
  const JOINED = '\u00a0';
  const text = words.map((word) => word.replaceAll(' ', JOINED)).join(', ');
  return paragraph(`${heading.replaceAll(' ', JOINED)}: ${text}`, width, '  ').map((line) =>
    line.replaceAll(JOINED, ' '),
  );
}

/**
 * Lines to copy into a shell: they are never broken. Their purposes stand in a column, as comments of the shell; behind a line
 * that is too long for that, where there is room.
 */
export function exampleLines(examples: readonly Example[], width: number): string[] {
  const column = purposeColumn(examples, width);
  return examples.map(({ line, purpose }) => {
    const explained = `  ${line.padEnd(column)}  # ${purpose}`;
    return purpose === '' || explained.length > width ? `  ${line}` : explained;
  });
}

/** The length of the longest line that leaves the purposes of all shorter ones their room. */
function purposeColumn(examples: readonly Example[], width: number): number {
  const explained = examples.filter(({ purpose }) => purpose !== '');
  const isWide = (column: number) =>
    explained.some(({ line, purpose }) => line.length <= column && column + purpose.length + 6 > width);
  const columns = explained.map(({ line }) => line.length).filter((column) => !isWide(column));
  return Math.max(0, ...columns);
}
