import { describe, expect, it } from 'vitest';
import { CookieSigner } from '../../../src/session/cookie/signer.js';
import { idOf, newToken } from '../../../src/session/cookie/token.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);

describe('a cookie that was verified a moment ago', () => {
  it('spec 4: gets the same verdict again, and signs the same', () => {
    const signer = new CookieSigner('MOIN_SESSION', [NEW]);
    const token = newToken();
    const value = signer.sign('user', token);
    const read = { verdict: 'ok', kind: 'user', token, id: idOf(token), secret: 0 };
    for (let time = 0; time < 3; time++) expect(signer.read(value)).toEqual(read);
    expect(signer.sign('user', token)).toBe(value);
  });

  it('a flood of good cookies drives it out, and it is good all the same', () => {
    const signer = new CookieSigner('MOIN_SESSION', [NEW]);
    const value = signer.sign('user', newToken());
    const read = signer.read(value);
    for (let n = 0; n < 10_000; n++) signer.read(signer.sign('anon', newToken()));
    expect(signer.read(value)).toEqual(read);
  });

  it('spec 4: makes no other MAC good, and no other kind', () => {
    const signer = new CookieSigner('MOIN_SESSION', [NEW]);
    const token = newToken();
    const value = signer.sign('anon', token);
    signer.read(value);
    const last = value.at(-1) === 'A' ? 'B' : 'A';
    expect(signer.read(value.slice(0, -1) + last).verdict).toBe('bad-signature');
    expect(signer.read(value.replace('anon', 'user')).verdict).toBe('bad-signature');
    expect(signer.sign('user', token)).not.toContain(value.slice(-43));
  });

  it('spec 4: a text that ends otherwise is malformed, whatever was compared before it', () => {
    const signer = new CookieSigner('MOIN_SESSION', [NEW]);
    const value = signer.sign('user', newToken());
    for (const end of ['é', '€', String.fromCharCode(value.charCodeAt(91) + 256), '', `${value[91]}=`]) {
      expect(signer.read(value).verdict).toBe('ok');
      expect(signer.read(value.slice(0, -1) + end).verdict).toBe('malformed');
    }
  });

  it('spec 4: under an old secret it is good, and the first secret signs all the same', () => {
    const old = new CookieSigner('MOIN_SESSION', [OLD]);
    const both = new CookieSigner('MOIN_SESSION', [NEW, OLD]);
    const token = newToken();
    const [before, now] = [
      old.sign('user', token),
      new CookieSigner('MOIN_SESSION', [NEW]).sign('user', token),
    ];
    for (let time = 0; time < 2; time++) {
      expect(both.read(before)).toMatchObject({ verdict: 'ok', secret: 1 });
      expect(both.sign('user', token)).toBe(now);
      expect(both.read(now)).toMatchObject({ verdict: 'ok', secret: 0 });
    }
  });
});
