import type { Words } from './bash-words.js';

/** Backslashes, and a quote if one follows. */
const SLASHES = /(\\*)("?)/y;

/**
 * Splits the first command of a text as Windows does: `cmd.exe` takes `^` away and ends the command, then the C runtime of
 * curl splits at blanks outside of `"…"`. Expands nothing: `%name%` stays text.
 * @returns null when a quote does not end
 */
export function cmdWords(text: string): Words | null {
  const { command, rest } = withoutCarets(text.trimStart().replaceAll('\r\n', '\n'));
  const words = argumentsIn(command, text.includes('^"'));
  return words && { words, rest };
}

/** What `cmd.exe` hands on. A caret quotes the next character; before a line break it joins the lines. */
function withoutCarets(text: string): { command: string; rest: string } {
  const parts: string[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '^' && !isQuoted) {
      at += 1;
      // The line break is dropped, and the character behind it is quoted: a second break is a line break of the value.
      if (text[at] === '\n') {
        at += 1;
        if (text[at] === '^') at -= 1;
        else parts.push(text[at] ?? '');
      } else parts.push(text[at] ?? '');
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    if (character === '\n' || (!isQuoted && /[&|<>]/.test(character)))
      return { command: parts.join(''), rest: text.slice(at + 1) };
    parts.push(character);
  }
  return { command: parts.join(''), rest: '' };
}

/**
 * The arguments, by the rules of the C runtime: `\"` and, within quotes, `""` are a quote; `\\` before a quote is one
 * backslash.
 * @param isDoubled the text is of a browser that doubles every backslash: what the browser sent had half of them
 */
function argumentsIn(command: string, isDoubled: boolean): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let at = 0; at < command.length; at += 1) {
    SLASHES.lastIndex = at;
    const [, slashes = '', quote] = SLASHES.exec(command) ?? [];
    if (slashes !== '') {
      const half = '\\'.repeat(Math.floor(slashes.length / 2));
      const kept = quote === '' && !isDoubled ? slashes : half;
      const isEscaped = quote !== '' && slashes.length % 2 === 1;
      word = (word ?? '') + kept + (isEscaped ? '"' : '');
      at += slashes.length - 1 + (isEscaped ? 1 : 0);
      continue;
    }
    const character = command[at] as string;
    if (character === '"') {
      word ??= '';
      const isDouble = isQuoted && command[at + 1] === '"';
      if (isDouble) {
        word += '"';
        at += 1;
      } else isQuoted = !isQuoted;
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (isQuoted) return null;
  return word === null ? words : [...words, word];
}
