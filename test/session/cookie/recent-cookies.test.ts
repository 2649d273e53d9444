import { describe, expect, it } from 'vitest';
import { RecentCookies } from '../../../src/session/cookie/recent-cookies.js';
import { CookieSigner, type GoodCookie } from '../../../src/session/cookie/signer.js';
import { idOf, newToken } from '../../../src/session/cookie/token.js';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);

function cookie(token: string): GoodCookie {
  return { verdict: 'ok', kind: 'anon', token, id: token, secret: 0 };
}

describe('the cookies that were verified last', () => {
  it('are found by kind and token', () => {
    const recent = new RecentCookies();
    recent.add(cookie('a'), 'mac');
    expect(recent.get('anon', 'a')).toEqual({ cookie: cookie('a'), mac: 'mac' });
    expect(recent.get('user', 'a')).toBeUndefined();
    expect(recent.get('anon', 'b')).toBeUndefined();
  });

  it('a flood of good cookies drives out what is not used, and memory stays bounded', () => {
    const recent = new RecentCookies();
    recent.add(cookie('idle'), 'mac');
    recent.add(cookie('busy'), 'mac');
    for (let n = 0; n < 12_288; n++) {
      recent.add(cookie(`flood ${n}`), 'mac');
      if (n % 1000 === 0) expect(recent.get('anon', 'busy')).toBeDefined();
    }
    expect(recent.get('anon', 'busy')).toBeDefined();
    expect(recent.get('anon', 'idle')).toBeUndefined();
    const kept = Array.from({ length: 12_288 }, (_, n) => recent.get('anon', `flood ${n}`));
    expect(kept.filter((one) => one !== undefined).length).toBeLessThanOrEqual(8192);
  });
});

describe('a cookie that was verified a moment ago', () => {
  it('spec 4: gets the same verdict again, and signs the same', () => {
    const signer = new CookieSigner('MOIN_SESSION', [NEW]);
    const token = newToken();
    const value = signer.sign('user', token);
    const read = { verdict: 'ok', kind: 'user', token, id: idOf(token), secret: 0 };
    for (let time = 0; time < 3; time++) expect(signer.read(value)).toEqual(read);
    expect(signer.sign('user', token)).toBe(value);
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
