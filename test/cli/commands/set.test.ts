import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';
import { during } from '../../aid/route.js';
import { makeSite, visitorWith } from '../../aid/site.js';

let store: MemoryStore;
const id = (digits: string) => digits.padEnd(32, '0');
const find = (digits: string) => store.find(id(digits));
const SECRET = 'a-secret-value';

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa', { data: { cart: ['tea'], lang: 'de' }, revision: 4 }),
    sample('bbbb', { cookieExpires: NOW - 1 }),
    sample('cccc', { cookieExpires: NOW - 2 * HOUR }),
    sample('dddd', { ended: { at: NOW, by: 'user' } }),
  );
  store.putBytes(id('eeee'), '{"half');
});

describe('spec 7: set and unset', () => {
  it('set changes one value; the other values and the times of the session stay', async () => {
    const before = await find('aaaa');
    const { code, out, err } = await cli({ store }, 'set', 'aaaa', 'cart', '["tea","milk"]');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'Set "cart" of session aaaa00000000 (14 B, 7 B before); revision 5.\n',
      err: '',
    });
    expect(await find('aaaa')).toEqual({
      ...before,
      data: { cart: ['tea', 'milk'], lang: 'de' },
      revision: 5,
    });
  });

  it('unset removes one; a value that is not there is nothing to do', async () => {
    const { out } = await cli({ store }, 'unset', 'aaaa', 'cart', '--json');
    const report = {
      id: id('aaaa'),
      key: 'cart',
      oldBytes: 7,
      newBytes: null,
      revision: 5,
      changed: true,
      dryRun: false,
    };
    expect(JSON.parse(out)).toEqual(report);
    expect((await find('aaaa'))?.data).toEqual({ lang: 'de' });
    const again = await cli({ store }, 'unset', 'aaaa', 'cart');
    expect(again).toMatchObject({
      code: 0,
      out: 'Nothing to do: there is no "cart" of session aaaa00000000.\n',
    });
  });

  it('what is there already is not written', async () => {
    const { out } = await cli({ store }, 'set', 'aaaa', 'lang', ' "de" ');
    expect(out).toContain('has this value already');
    expect((await find('aaaa'))?.revision).toBe(4);
  });

  it('- reads the value from stdin, --dry-run writes nothing, and neither shows the value', async () => {
    const world = { store, stdin: `"${SECRET}"\n` };
    const dry = await cli(world, 'set', 'aaaa', 'key', '-', '-n');
    expect(dry.out).toBe(
      'Would set "key" of session aaaa00000000 (16 B, not there before); revision stays 4.\n',
    );
    expect((await find('aaaa'))?.revision).toBe(4);
    const done = await cli(world, 'set', 'aaaa', 'key', '-', '--json');
    expect((await find('aaaa'))?.data.key).toBe(SECRET);
    expect(dry.out + dry.err + done.out + done.err).not.toContain(SECRET);
  });

  it.each([SECRET, '', '{"a":', 'NaN', '1e999', `[${SECRET}]`, '['.repeat(1002) + ']'.repeat(1002)])(
    'what is no JSON is refused in one line that does not quote it: %s',
    async (json) => {
      const { code, err } = await cli({ store }, 'set', 'aaaa', 'key', json);
      expect(code).toBe(2);
      expect(err).toMatch(/^moin-sessions: the value .*\n$/);
      expect(err).not.toContain(SECRET);
      expect((await find('aaaa'))?.revision).toBe(4);
    },
  );

  it('I1: a request in flight saves its own keys beside it, and the later save of the same key counts', async () => {
    const site = makeSite({ anonymousCookieLifetime: 24 });
    const browser = await visitorWith(site, 'cart', 'apple');
    const [record] = await site.records();
    const set = (key: string, json: string) =>
      cli({ store: site.store, clock: () => site.time.now }, 'set', String(record?.id), key, json);
    await during(browser, async ({ session }) => {
      session.set('views', 1);
      session.set('lang', 'de');
      expect((await set('cart', '"pear"')).code).toBe(0);
      expect((await set('lang', '"fr"')).code).toBe(0);
    });
    expect((await site.records())[0]?.data).toEqual({ cart: 'pear', views: 1, lang: 'de' });
  });

  it('I2: ended and expired sessions stay as they are', async () => {
    for (const digits of ['cccc', 'dddd']) {
      const before = await find(digits);
      for (const flags of [[], ['-n']]) {
        const { code, err } = await cli({ store }, 'set', digits, 'key', '1', ...flags);
        expect({ code, err }).toEqual({
          code: 1,
          err: expect.stringContaining('is over, and its values stay'),
        });
      }
      expect(await find(digits)).toEqual(before);
    }
  });

  it('I4: an unreadable session says so, and a missing one is exit 3', async () => {
    for (const flags of [[], ['-n']]) {
      const { code, err } = await cli({ store }, 'set', 'eeee', 'key', '1', ...flags);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is unreadable') });
    }
    expect((await cli({ store }, 'set', '1234', 'key', '1')).code).toBe(3);
  });

  it('says when the cookie opens nothing', async () => {
    const { err, code } = await cli({ store }, 'set', 'bbbb', 'key', '1');
    expect(code).toBe(0);
    expect(err).toContain('is in grace: its cookie opens nothing');
  });

  it('keys that would poison a prototype are plain data', async () => {
    await cli({ store }, 'set', 'aaaa', '__proto__', '{"polluted":true}');
    const data = (await find('aaaa'))?.data ?? {};
    expect(Object.keys(data)).toContain('__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    await cli({ store }, 'unset', 'aaaa', '__proto__');
    expect(Object.keys((await find('aaaa'))?.data ?? {})).toEqual(['cart', 'lang']);
  });

  it('--at is for --dry-run only', async () => {
    expect((await cli({ store }, 'set', 'aaaa', 'key', '1', '--at', '-1d')).code).toBe(2);
    expect((await cli({ store }, 'unset', 'aaaa', 'cart', '--at', '+3h', '-n')).code).toBe(1);
  });
});
