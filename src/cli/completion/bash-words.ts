import { readWord, type TypedWord } from './shell-words.js';

/** Characters that no shell treats specially at any place of a word; and letters and digits of any script. */
const PLAIN = /^[\w./:=@%+,\p{L}\p{M}\p{N}-]$/u;

/**
 * What bash puts in place of the part of a word that it completes. Bash splits words at `=`, `:` and `@`, and at an open quote,
 * so that part may be shorter than the word.
 * @param word the word as typed, with its quotes
 * @param replaced the part that bash replaces
 * @returns the values that the typed part begins, quoted; null when the part is not the end of the word
 */
export function bashWords(word: string, replaced: string, values: readonly string[]): string[] | null {
  if (!word.endsWith(replaced)) return null;
  const kept = readWord(word.slice(0, word.length - replaced.length));
  return values
    .filter((value) => value.startsWith(kept.value))
    .map((value) => quoted(value.slice(kept.value.length), kept.quote));
}

/**
 * Quotes a text so that bash reads it as it is: outside quotes, or where a quote is open. Bash closes an open quote after it,
 * unless it ends with one.
 */
function quoted(text: string, quote: TypedWord['quote']): string {
  if (quote === '') return [...text].map((letter) => (PLAIN.test(letter) ? letter : `\\${letter}`)).join('');
  const inside =
    quote === "'"
      ? text.replaceAll("'", "'\\''")
      : // In double quotes nothing quotes the `!` of the history.
        text.replace(/["$`\\]/g, '\\$&').replaceAll('!', '"\\!"');
  return inside.endsWith(quote) ? inside + quote : inside;
}
