/** A word on a command line, as far as it is typed. */
export interface TypedWord {
  /** Without quotes and backslashes. */
  value: string;
  /** As it was typed. */
  raw: string;
  /** The quote that is still open at the end; '' for none. */
  quote: '' | "'" | '"';
}

/** A command line up to the cursor. */
export interface TypedLine {
  /** The finished words, without redirections. */
  words: readonly string[];
  /** The word at the cursor. */
  current: TypedWord;
  /** Whether the word at the cursor is the file of a redirection. */
  isRedirection: boolean;
}

/** In double quotes a backslash quotes these characters alone (POSIX shell, 2.2.3). */
const QUOTED_IN_DOUBLE = /["$`\\\n]/;

/**
 * Splits a line as shells do, without running or expanding any part of it: `$(reboot)` is text. A `~/` at the beginning of a
 * word becomes the home.
 * @param line the command line up to the cursor
 */
export function splitLine(line: string, home: string | undefined): TypedLine {
  const words: string[] = [];
  let word = new Reader(home);
  let isRedirection = false;
  const finish = () => {
    if (word.isBegun && !isRedirection) words.push(word.typed.value);
    if (word.isBegun) isRedirection = false;
    word = new Reader(home);
  };
  for (const letter of line) {
    if (word.takes(letter)) continue;
    // `2>` and `&>` are redirections; `2` is then no word.
    if (letter === '<' || letter === '>') {
      if (/^[\d&]?$/.test(word.typed.value)) word = new Reader(home);
      finish();
      isRedirection = true;
    } else finish();
  }
  return { words, current: word.typed, isRedirection };
}

/** One word, read as `splitLine` does. */
export function readWord(text: string, home?: string): TypedWord {
  const word = new Reader(home);
  for (const letter of text) word.add(letter);
  return word.typed;
}

/** Reads one word, letter by letter. */
class Reader {
  readonly #home: string | undefined;
  #value = '';
  #raw = '';
  #quote: TypedWord['quote'] = '';
  #isEscaped = false;
  #isHome = false;
  isBegun = false;

  constructor(home: string | undefined) {
    this.#home = home;
  }

  get typed(): TypedWord {
    const value = this.#isHome ? this.#home + this.#value.slice(1) : this.#value;
    return { value, raw: this.#raw, quote: this.#quote };
  }

  /** Adds a letter, unless it ends the word. */
  takes(letter: string): boolean {
    if (this.#quote === '' && !this.#isEscaped && /[ \t\n<>]/.test(letter)) return false;
    this.add(letter);
    return true;
  }

  add(letter: string): void {
    this.isBegun = true;
    this.#raw += letter;
    if (this.#isEscaped) this.#addEscaped(letter);
    else if (letter === '\\' && this.#quote !== "'") this.#isEscaped = true;
    else if (letter === this.#quote) this.#quote = '';
    else if (this.#quote === '' && (letter === '"' || letter === "'")) this.#quote = letter;
    else this.#addPlain(letter);
  }

  #addEscaped(letter: string): void {
    this.#isEscaped = false;
    if (this.#quote === '"' && !QUOTED_IN_DOUBLE.test(letter)) this.#value += '\\';
    if (letter !== '\n') this.#value += letter;
  }

  #addPlain(letter: string): void {
    if (this.#raw === '~/' && this.#home !== undefined) this.#isHome = true;
    this.#value += letter;
  }
}
