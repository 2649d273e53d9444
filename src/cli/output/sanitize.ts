import { PRINTABLE_ASCII, UNSAFE } from '../../base/safe-json.js';

export { safeJson } from '../../base/safe-json.js';

/** Scripts that write with joiners between their letters, such as Persian and Hindi. */
const JOINING = ['Arab', 'Syrc', 'Mong', 'Nkoo', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml']
  .concat(['Telu', 'Knda', 'Mlym', 'Sinh', 'Tibt', 'Mymr', 'Khmr'])
  .map((script) => `\\p{scx=${script}}`)
  .join('');
const PICTURE = '\\p{Extended_Pictographic}';
/** Where a character without a shape of its own changes how its neighbours look. */
const NEEDED = [
  `(?<=[${PICTURE}\\p{Emoji_Modifier}]\\ufe0f?)\\u200d(?=${PICTURE})`,
  `(?<=[${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`,
  `(?<=${PICTURE})[\\ufe0e\\ufe0f]`,
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  '(?<=\\p{Script=Mongolian})[\\u180b-\\u180d\\u180f]',
].join('|');
/** Characters that nobody sees, where none needs them: with them, two names look like one. */
const INVISIBLE = new RegExp(`(?!${NEEDED})[\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]`, 'gu');

/** For people: replaces every character that can control a terminal or that nobody sees with a visible one. */
export function sanitize(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return withoutControls(text).replace(INVISIBLE, '\ufffd');
}

/** For programs, whose pipe may end on a terminal: replaces control characters only, so that other names stay as they are. */
export function withoutControls(text: string): string {
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
