import { sanitize } from './sanitize.js';
import { isolate } from './text.js';

/** The most characters of a name that a question shows. */
const LONGEST_NAME = 32;

/** Text from records, users and requests, safe on a terminal. */
export function shown(text: string): string {
  return isolate(sanitize(text));
}

/** A name for a question: harmless, and not longer than a question can take. */
export function shortName(name: string): string {
  const characters = [...sanitize(name)];
  const isLong = characters.length > LONGEST_NAME;
  return isolate(isLong ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : characters.join(''));
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A store as questions name it: the folder of a file store, else the address. */
export function place(location: string): string {
  return sanitize(location.replace(/^file:|:$/g, ''));
}

/** The text with a capital letter at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
