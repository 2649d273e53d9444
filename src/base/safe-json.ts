/** Control characters, halves of surrogate pairs, line and paragraph separators, and direction marks. */
export const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
export const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** JSON that is safe on a terminal: it also escapes DEL, C1 and direction controls, which `JSON.stringify` keeps. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return PRINTABLE_ASCII.test(json) ? json : json.replace(UNSAFE, escapeUnlessBreak);
}

/** Keeps line breaks: JSON has them only between its tokens, never raw in a string. */
function escapeUnlessBreak(control: string): string {
  return control === '\n' ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
