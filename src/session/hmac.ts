import { hash } from 'node:crypto';

/** What SHA-256 takes at a time, in bytes. */
const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC-SHA-256 under one key (RFC 2104), for short texts and for every request: `createHmac` makes an object of the
 * system's for each, which with its disposal costs four times as much as the arithmetic.
 */
export class Hmac {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(secret: Uint8Array) {
    const key = secret.byteLength > BLOCK ? hash('sha256', secret, 'buffer') : secret;
    this.#inner = padded(key, 0x36);
    this.#outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(DIGEST)]);
  }

  /** The MAC of a text, base64url. */
  of(text: string): string {
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(text)]), 'binary');
    this.#outer.write(inner, BLOCK, 'latin1');
    return hash('sha256', this.#outer, 'base64url');
  }
}

function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK, pad);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
}
