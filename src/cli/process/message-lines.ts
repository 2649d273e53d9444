/** Words, and what is quoted: a command in quotes is copied, a name has its spaces. A quote is looked for only so far. */
const UNBROKEN = /(?:(?<![^\s(])(['"]).{0,500}?\1(?![^\s),.:;?])|[^ ])+/g;
const WIDE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
const WITHOUT_WIDTH = /[\p{M}\p{Cf}]/u;
const INDENT = '  ';

/**
 * The message in lines of at most `width` columns; those after the first are indented. A quoted text and a long word stay whole:
 * the terminal breaks them, and what is copied from there has no line feed in it.
 */
export function messageLines(message: string, width: number): string[] {
  const lines: string[] = [];
  let room = 0;
  for (const [word] of message.matchAll(UNBROKEN)) {
    const length = columnsOf(word);
    if (lines.length > 0 && length < room) {
      lines[lines.length - 1] += ` ${word}`;
      room -= length + 1;
    } else {
      const indent = lines.length === 0 ? '' : INDENT;
      lines.push(indent + word);
      room = width - indent.length - length;
    }
  }
  return lines;
}

/**
 * About the width on a terminal. A message at Ctrl-C or before the end of the process cannot wait for the Unicode tables of
 * `unicodeRuler` in `output/`.
 */
function columnsOf(word: string): number {
  let columns = 0;
  for (const character of word)
    if (WIDE.test(character)) columns += 2;
    else if (!WITHOUT_WIDTH.test(character)) columns += 1;
  return columns;
}
