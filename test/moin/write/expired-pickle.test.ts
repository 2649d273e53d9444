import { describe, expect, it } from 'vitest';
import { withExpiry } from '../../../src/moin/write/expired-pickle.js';

const pickle = (text: string) => Buffer.from(text, 'latin1');

describe('spec 8: a session with another expiry', () => {
  it('is equal in all other values; int and long of Python 2 count as one type', () => {
    // A dict with the long 5 and the int 7, written as text.
    const written = withExpiry(pickle("(dS'a'\nL5L\nsS'b'\nI7\nsS'expires'\nI9\ns."), 3);
    expect(written.includes(pickle('U\x01aK\x05'))).toBe(true);
    expect(written.includes(pickle('U\x01bK\x07'))).toBe(true);
    expect(written.includes(pickle('U\x07expiresK\x03'))).toBe(true);
  });

  it('keeps a long that fits no int', () => {
    const written = withExpiry(pickle("(dS'a'\nL1180591620717411303424L\ns."), 3);
    expect(written.includes(pickle('U\x01a\x8a\x09\0\0\0\0\0\0\0\0\x40'))).toBe(true);
  });
});
