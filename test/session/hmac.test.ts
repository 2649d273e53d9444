import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hmac } from '../../src/session/hmac.js';

describe('Hmac (spec 4)', () => {
  it('is HMAC-SHA-256, for secrets of every length and any text', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.string(), { minLength: 2 }),
        (secret, texts) => {
          const hmac = new Hmac(secret);
          for (const text of texts) {
            expect(hmac.of(text)).toBe(createHmac('sha256', secret).update(text).digest('base64url'));
          }
        },
      ),
    );
  });

  it.each([63, 64, 65])('takes a secret of %i bytes, at the edge of a block', (length) => {
    const secret = Buffer.alloc(length, 0xa7);
    const expected = createHmac('sha256', secret).update('text').digest('base64url');
    expect(new Hmac(secret).of('text')).toBe(expected);
  });

  it('is that of RFC 4231, test case 2', () => {
    const mac = Buffer.from(new Hmac(Buffer.from('Jefe')).of('what do ya want for nothing?'), 'base64url');
    expect(mac.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });
});
