import { PRINTABLE_ASCII, UNSAFE } from '../../base/safe-json.js';

export { safeJson } from '../../base/safe-json.js';

/** Replaces every character that can control a terminal with a visible one. */
export function sanitize(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(UNSAFE, symbolFor);
}

/** Like `sanitize`, but keeps line breaks. */
export function sanitizeLines(text: string): string {
  return text.split('\n').map(sanitize).join('\n');
}

/** The symbol of a control character, such as ␛ for escape; for other characters the replacement character. */
function symbolFor(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '\ufffd';
}
