/** The words of a command as a shell would split it, as far as text that is only read can tell. */
export interface Words {
  words: string[];
  /** What follows the command: the next line, or what comes after `;`, `|` or `&`. */
  rest: string;
}

/** The escapes of `$'…'` with one letter (bash manual, "ANSI-C Quoting"). */
const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ANSI_ESCAPE = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|([0-7]{1,3})|([\s\S]))/i;

/**
 * Splits the first command of a text by the quoting rules of POSIX shells and bash: `'…'`, `"…"`, `$'…'`, `\`. Runs and
 * expands nothing: `$name` and backticks stay text.
 * @returns null when a quote does not end
 */
export function bashWords(text: string): Words | null {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    const next = text[at + 1];
    if (character === '\\' && next !== undefined) {
      const isBreak = next === '\n' || text.startsWith('\r\n', at + 1);
      if (!isBreak) word = (word ?? '') + next;
      at += isBreak && next === '\r' ? 3 : 2;
    } else if (character === "'" || character === '"' || (character === '$' && next === "'")) {
      const quoted = character === '$' ? ansiQuoted(text, at + 2) : readQuoted(text, at + 1, character);
      if (quoted === null) return null;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (/[\n;|&<>]/.test(character)) {
      if (character === '\n' && words.length === 0 && word === null) at += 1;
      else return { words: ended(words, word), rest: text.slice(at + 1) };
    } else if (/\s/.test(character)) {
      words.push(...ended([], word));
      word = null;
      at += 1;
    } else {
      word = (word ?? '') + character;
      at += 1;
    }
  }
  return { words: ended(words, word), rest: '' };
}

function ended(words: string[], word: string | null): string[] {
  return word === null ? words : [...words, word];
}

interface Quoted {
  text: string;
  /** Behind the quote. */
  end: number;
}

/** The text up to the same quote. In double quotes, `\` quotes the few characters that POSIX names. */
function readQuoted(text: string, start: number, quote: string): Quoted | null {
  if (quote === "'") {
    const end = text.indexOf("'", start);
    return end === -1 ? null : { text: text.slice(start, end), end: end + 1 };
  }
  const parts: string[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '"') return { text: parts.join(''), end: at + 1 };
    if (character === '\\' && /^["\\$`!\n]/.test(text.slice(at + 1, at + 2))) {
      at += 1;
      if (text[at] !== '\n') parts.push(text[at] as string);
    } else parts.push(character);
  }
  return null;
}

function ansiQuoted(text: string, start: number): Quoted | null {
  const parts: string[] = [];
  let at = start;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === "'") return { text: parts.join(''), end: at + 1 };
    const [matched = '', hex, short, long, octal, letter = ''] =
      character === '\\' ? (ANSI_ESCAPE.exec(text.slice(at + 1, at + 10)) ?? []) : [];
    if (matched === '') {
      parts.push(character);
      at += 1;
      continue;
    }
    const digits = hex ?? short ?? long;
    if (digits !== undefined) parts.push(codePoint(Number.parseInt(digits, 16)));
    else if (octal !== undefined) parts.push(codePoint(Number.parseInt(octal, 8)));
    else parts.push(LETTERS[letter] ?? (/['"\\?]/.test(letter) ? letter : `\\${letter}`));
    at += 1 + matched.length;
  }
  return null;
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
