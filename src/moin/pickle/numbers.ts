/** The most digits of an int, as in Python's own limit on texts of ints (`sys.int_info.default_max_str_digits`). */
export const MOST_DIGITS = 4300;

/** The most bytes of an int of so many digits. */
const MOST_BYTES = 1786;

const FLOAT = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i;
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;

/** An int in decimal digits; null if it is none. A leading zero is refused: Python's readers differ on it. */
export function parseInteger(digits: string): bigint | null | 'too-long' {
  const unsigned = digits.replace(/^[+-]/, '');
  if (unsigned.length > MOST_DIGITS) return 'too-long';
  if (!/^(?:0|[1-9][0-9]*)$/.test(unsigned)) return null;
  return digits.startsWith('-') ? -BigInt(unsigned) : BigInt(unsigned);
}

/** A float as Python's `repr` writes it; null if it is none. */
export function parseFloatText(text: string): number | null {
  if (FLOAT.test(text)) return Number(text);
  const [, sign, name] = SPECIAL.exec(text) ?? [];
  if (name === undefined) return null;
  if (name.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** An int in two's complement, least byte first. */
export function decodeLong(bytes: Buffer): bigint | 'too-long' {
  if (bytes.length > MOST_BYTES) return 'too-long';
  if (bytes.length === 0) return 0n;
  const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, unsigned);
}

/** The inverse of `decodeLong`, in as few bytes as hold it. */
export function encodeLong(int: bigint): Buffer {
  const magnitude = int < 0n ? -int - 1n : int;
  const length = Math.floor(magnitude.toString(2).length / 8) + 1;
  const unsigned = BigInt.asUintN(length * 8, int);
  return Buffer.from(unsigned.toString(16).padStart(length * 2, '0'), 'hex').reverse();
}
