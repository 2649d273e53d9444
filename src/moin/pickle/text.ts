import { isAscii } from 'node:buffer';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * UTF-8 as Python 2 reads it, or null if the bytes are none. It takes halves of surrogate pairs as characters of three bytes.
 * Two halves that form a pair become one character, as on a narrow build, and when Python 2 writes them again.
 */
export function decodeUtf8(bytes: Buffer): string | null {
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeWithHalves(bytes);
  }
}

const FIRST_OF_HALF = 0xed;

function decodeWithHalves(bytes: Buffer): string | null {
  const parts: string[] = [];
  let from = 0;
  try {
    for (let at = bytes.indexOf(FIRST_OF_HALF); at !== -1; at = bytes.indexOf(FIRST_OF_HALF, at + 1)) {
      const [second = 0, third = 0] = bytes.subarray(at + 1, at + 3);
      if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
      parts.push(UTF8.decode(bytes.subarray(from, at)));
      parts.push(String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
      from = at + 3;
    }
    parts.push(UTF8.decode(bytes.subarray(from)));
  } catch {
    return null;
  }
  return parts.join('');
}

/** UTF-8 as Python 2 writes it: a lone half of a surrogate pair is three bytes. */
export function encodeUtf8(text: string): Buffer {
  const parts = text.split(/(\p{Cs})/u);
  if (parts.length === 1) return Buffer.from(text);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : encodeHalf(part))));
}

function encodeHalf(half: string): Buffer {
  const code = half.charCodeAt(0);
  return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
}

/**
 * Python's codec `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX` after an odd number of backslashes. Null if an
 * escape is incomplete or beyond U+10FFFF.
 */
export function decodeRawUnicodeEscape(bytes: Buffer): string | null {
  const parts: string[] = [];
  const text = bytes.toString('latin1');
  let from = 0;
  for (const { 0: run, index } of text.matchAll(/\\+/g)) {
    const kind = text[index + run.length];
    if (run.length % 2 === 0 || (kind !== 'u' && kind !== 'U')) continue;
    const start = index + run.length + 1;
    const end = start + (kind === 'u' ? 4 : 8);
    const digits = text.slice(start, end);
    const code = Number.parseInt(digits, 16);
    if (digits.length !== end - start || !/^[0-9a-f]+$/i.test(digits) || code > 0x10ffff) return null;
    parts.push(text.slice(from, start - 2), String.fromCodePoint(code));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const SPACE = 0x20;

/** Where the blanks and control characters at the end of a line begin. A pattern for them would try again at each blank of the line. */
function endOfText(line: Buffer): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] as number) <= SPACE) end -= 1;
  return end;
}

/** The bytes of a str as Python 2's `repr` writes it, in quotes; null if it is no such text. */
export function decodeStringEscape(line: Buffer): Buffer | null {
  const quoted = line.subarray(0, endOfText(line)).toString('latin1');
  const quote = quoted[0];
  if (quoted.length < 2 || (quote !== "'" && quote !== '"') || !quoted.endsWith(quote)) return null;
  let isWhole = true;
  const text = quoted
    .slice(1, -1)
    .replace(
      /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(.?))/gs,
      (whole: string, octal?: string, hex?: string, other = '') => {
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        if (other === '' || other === 'x') isWhole = false;
        // Python keeps a backslash that begins no escape.
        return ESCAPES[other] ?? whole;
      },
    );
  return isWhole ? Buffer.from(text, 'latin1') : null;
}
