const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The text of a digest as crypt(3) writes it: of each group of bytes, six bits a character, the lowest first.
 * @param groups places of the bytes in the digest, the highest byte of a group first
 */
export function cryptBase64(digest: Uint8Array, groups: readonly (readonly number[])[]): string {
  return groups.map((places) => textOf(places.map((place) => digest[place] ?? 0))).join('');
}

function textOf(bytes: readonly number[]): string {
  let bits = bytes.reduce((number, byte) => number * 256 + byte, 0);
  let text = '';
  // Three bytes are four characters, two are three, one is two.
  for (let count = bytes.length + 1; count > 0; count--) {
    text += DIGITS[bits % 64];
    bits = Math.floor(bits / 64);
  }
  return text;
}
