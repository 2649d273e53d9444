import { UserRuleError } from '../base/errors.js';

/** In code points. */
const LONGEST = 200;
/** UTF-16 units before normalization, which shortens a text to a fourth at most. */
const LONGEST_TYPED = 8 * LONGEST;

/** Control characters, line separators, marks that change the direction of text, and halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** The form in which names are compared: NFC. Null for what is too long to be a name, or no text: a form may lack the field. */
export function normalizeName(typed: unknown): string | null {
  return typeof typed !== 'string' || typed.length > LONGEST_TYPED ? null : typed.normalize('NFC');
}

/** A name as somebody typed it, cut to `most` characters and without those that could steer a terminal or a log. */
export function harmlessName(typed: string, most = LONGEST): string {
  const start = [...typed.slice(0, 2 * most)].slice(0, most).join('');
  return start.replace(new RegExp(FORBIDDEN, 'gu'), '\uFFFD');
}

/**
 * Checks and normalizes the name of a new user: 1 to 200 characters of any script, in NFC.
 * @throws UserRuleError that says what to change
 */
export function newName(typed: unknown): string {
  if (typeof typed !== 'string') throw bad('is missing: give one as text');
  const name = normalizeName(typed);
  if (name === null || [...name].length > LONGEST)
    throw bad(`is too long: use at most ${LONGEST} characters`);
  if (name === '') throw bad('is empty: use at least one character');
  if (FORBIDDEN.test(name)) throw bad('has control characters in it: use visible characters and spaces only');
  if (name !== name.trim()) throw bad('begins or ends with white space: leave that out');
  return name;
}

function bad(flaw: string): UserRuleError {
  return new UserRuleError(`the user name ${flaw}`, 'name');
}
