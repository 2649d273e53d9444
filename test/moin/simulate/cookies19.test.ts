import { describe, expect, it } from 'vitest';
import { chooseCookie } from '../../../src/moin/simulate/cookie-name19.js';
import { parseCookies19 } from '../../../src/moin/simulate/cookies19.js';
import type { GivenSettings } from '../../../src/moin/simulate/view.js';

const [A, B, C] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as [string, string, string];

describe('spec 8: cookies as MoinMoin 1.9 finds them', () => {
  it.each<[string, [string, string][]]>([
    [
      'a=b; c=d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a=b;c=d;',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a="x;y"; c=d',
      [
        ['a', 'x;y'],
        ['c', 'd'],
      ],
    ],
    ['a="x\\012"', [['a', 'x\n']]],
    [
      'a="x; c=d',
      [
        ['a', '"x'],
        ['c', 'd'],
      ],
    ],
    [
      'a="x"y; c=d',
      [
        ['a', '"x"y'],
        ['c', 'd'],
      ],
    ],
    ['a; b=c', [['b', 'c']]],
    ['=x; b=c', [['b', 'c']]],
    ['path=/; b=c', [['b', 'c']]],
    [
      'foo[1]=x; b=c',
      [
        ['foo[1]', 'x'],
        ['b', 'c'],
      ],
    ],
    [
      'a=1; a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['', []],
  ])('%j', (header, pairs) => expect(parseCookies19(header)).toEqual(pairs));

  it('2 MB of spaces inside a value take no more than linear time', () => {
    const value = `b${' '.repeat(2 * 1024 * 1024)}c`;
    expect(parseCookies19(`a=${value} \t`)).toEqual([['a', value]]);
  });

  it.each(['a=b;', ';', '=', 'a="', '"\\', 'a= ;'])('2 MB of %j take no more than linear time', (piece) => {
    const start = performance.now();
    parseCookies19(`a="${piece.repeat(2_000_000 / piece.length)}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('spec 8: several wikis on one host: which cookie is this wiki’s', () => {
  const choose = (
    cookies: Record<string, string>,
    settings: GivenSettings = {},
    url: string | null = null,
    stored: string[] = [],
  ) =>
    chooseCookie(Object.entries(cookies), {
      settings,
      url: url === null ? null : new URL(url),
      isStored: (value) => stored.includes(value),
    });
  const three = { MOIN_SESSION_8080_ROOT: A, MOIN_SESSION_8080_ROOT_my_wiki: B, MOIN_SESSION_80_ROOT: C };

  it.each<[string, GivenSettings, string]>([
    ['cookie_name', { cookie_name: 'staff' }, 'MOIN_SESSION_staff'],
    ['siteidmagic', { cookie_name: 'siteidmagic' }, 'MOIN_SESSION_wikiconfig'],
    ['server_port', { server_port: 8080 }, 'MOIN_SESSION_8080_ROOT'],
    ['a root that is written out', { server_port: 8080, script_name: '/' }, 'MOIN_SESSION_8080_ROOT'],
    ['script_name', { server_port: 8080, script_name: '/my/wiki' }, 'MOIN_SESSION_8080_ROOT_my_wiki'],
  ])('by the setting %s, whatever comes', (_what, settings, name) => {
    expect(choose(three, settings, 'http://wiki.example/', [C])).toMatchObject({ name, note: null });
  });

  it('script_name alone, where one port alone fits', () => {
    expect(choose(three, { script_name: '/my/wiki' }).name).toBe('MOIN_SESSION_8080_ROOT_my_wiki');
    expect(choose(three, { script_name: '' }, null, [C])).toMatchObject({
      name: 'MOIN_SESSION_80_ROOT',
      note: expect.stringContaining('the only one'),
    });
  });

  it.each([
    ['http://wiki.example:8080/', 'MOIN_SESSION_8080_ROOT'],
    ['http://wiki.example:8080/my/wiki/FrontPage', 'MOIN_SESSION_8080_ROOT_my_wiki'],
    ['http://wiki.example:8080/my/wiki', 'MOIN_SESSION_8080_ROOT_my_wiki'],
    ['http://wiki.example:8080/my/wikis', 'MOIN_SESSION_8080_ROOT'],
    ['http://wiki.example/my/wiki', 'MOIN_SESSION_80_ROOT'],
  ])('by the address %s', (url, name) => expect(choose(three, {}, url)).toMatchObject({ name, note: null }));

  it('behind a proxy, whose port the wiki does not know: the one whose session is in the store', () => {
    expect(choose(three, {}, 'https://wiki.example/', [B])).toMatchObject({
      name: 'MOIN_SESSION_8080_ROOT_my_wiki',
      value: B,
      others: [
        { name: 'MOIN_SESSION_8080_ROOT', value: A },
        { name: 'MOIN_SESSION_80_ROOT', value: C },
      ],
      note: expect.stringMatching(
        /several wikis on one host .*_my_wiki is taken, the only one whose session is in this store; .*cookie_name=8080_ROOT_my_wiki$/,
      ),
    });
  });

  it('none of them in the store, or more than one: the first, and it says so', () => {
    expect(choose(three)).toMatchObject({ value: A, note: expect.stringContaining('none has its session') });
    expect(choose(three, {}, null, [C, B])).toMatchObject({
      value: B,
      note: expect.stringContaining('the first one whose session is in this store'),
    });
  });

  it('of equal names the first counts', () => {
    const pairs: [string, string][] = [
      ['MOIN_SESSION_x', A],
      ['MOIN_SESSION_x', B],
    ];
    expect(chooseCookie(pairs, { settings: {}, url: null, isStored: () => true })).toMatchObject({
      value: A,
      others: [],
      note: null,
    });
  });

  it('one alone, or none', () => {
    expect(choose({ other: 'x', MOIN_SESSION_x: A })).toMatchObject({ name: 'MOIN_SESSION_x', note: null });
    expect(choose({ MOIN_SESSION: A })).toMatchObject({ name: 'MOIN_SESSION_?', value: undefined });
  });

  it('of 10,000 cookies it asks the store for a few, and the note names a few', () => {
    let asked = 0;
    const pairs = Array.from({ length: 10_000 }, (_, n): [string, string] => [`MOIN_SESSION_${n}`, A]);
    const isStored = () => {
      asked += 1;
      return false;
    };
    const { note, others } = chooseCookie(pairs, { settings: {}, url: null, isStored });
    expect(asked).toBeLessThanOrEqual(20);
    expect(others.length).toBeLessThanOrEqual(20);
    expect(note?.length).toBeLessThan(1000);
  });
});
