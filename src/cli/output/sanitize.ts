/** Control characters, halves of surrogate pairs, line and paragraph separators, and direction marks. */
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Replaces every character that can control a terminal with a visible one. */
export function sanitize(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(UNSAFE, symbolFor);
}

/** Like `sanitize`, but keeps line breaks. */
export function sanitizeLines(text: string): string {
  return text.split('\n').map(sanitize).join('\n');
}

/** JSON that is safe on a terminal: it also escapes DEL, C1 and direction controls, which `JSON.stringify` keeps. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return PRINTABLE_ASCII.test(json) ? json : json.replace(UNSAFE, escapeUnlessBreak);
}

/** The symbol of a control character, such as ␛ for escape; for other characters the replacement character. */
function symbolFor(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '\ufffd';
}

/** Keeps line breaks: JSON has them only between its tokens, never raw in a string. */
function escapeUnlessBreak(control: string): string {
  return control === '\n' ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
