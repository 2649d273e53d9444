import { describe, expect, it } from 'vitest';
import { parseSimpleCookie } from '../../../src/moin/simulate/simple-cookie.js';

/** A header, and what `Cookie.SimpleCookie` of Python 2.7.18 finds in it: the last of each name. */
const SEEN: readonly (readonly [header: string, found: Record<string, string>])[] = [
  ['MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['MOIN_SESSION=q=r', { MOIN_SESSION: 'q=r' }],
  ['MOIN_SESSION=', { MOIN_SESSION: '' }],
  ['MOIN_SESSION', {}],
  ['MOIN_SESSION = q', { MOIN_SESSION: 'q' }],
  ['MOIN_SESSION="a;b"', { MOIN_SESSION: 'a;b' }],
  ['MOIN_SESSION="\\303\\274\\"\\x"', { MOIN_SESSION: '\xc3\xbc"x' }],
  ['MOIN_SESSION="a" x', { MOIN_SESSION: 'a' }],
  ['MOIN_SESSION="', {}],
  ['MOIN_SESSION=a\0b', {}],
  ['a=b; foo[1]=x; MOIN_SESSION=q', { a: 'b' }],
  ['MOIN_SESSION=q; fo/o=x; b=c', { MOIN_SESSION: 'q' }],
  ['fo/o=x; MOIN_SESSION=q', {}],
  [';;;MOIN_SESSION=q', {}],
  ['a=b;;MOIN_SESSION=q', { a: 'b' }],
  ['a=b; ;MOIN_SESSION=q', { a: 'b' }],
  ['a="x; MOIN_SESSION=q', {}],
  ['a= "x; MOIN_SESSION=q', { a: '' }],
  ['a="x"y; MOIN_SESSION=q', {}],
  ['a={"x":1}; MOIN_SESSION=q', {}],
  ['a=%20\\; MOIN_SESSION=q', {}],
  ['a=\xc3\xbc; MOIN_SESSION=q', {}],
  ['a==b; MOIN_SESSION=q', { a: '=b', MOIN_SESSION: 'q' }],
  ['a=b c=d MOIN_SESSION=q', { a: 'b', c: 'd', MOIN_SESSION: 'q' }],
  ['a=b,MOIN_SESSION=q', { a: 'b,MOIN_SESSION=q' }],
  ['=x; MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['foo; MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['$v=1; MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['$a=b="x"; MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['path=/; MOIN_SESSION=q', { MOIN_SESSION: 'q' }],
  ['a=b; secure; MOIN_SESSION=q', { a: 'b', MOIN_SESSION: 'q' }],
  ['MOIN_SESSION=a, MOIN_SESSION=b', { MOIN_SESSION: 'b' }],
  ['MOIN_SESSION=a, b=c', { MOIN_SESSION: 'a,', b: 'c' }],
  [
    'a=Mon, 12-Jan-2026 10:00:00 GMT; MOIN_SESSION=q',
    { a: 'Mon, 12-Jan-2026 10:00:00 GMT', MOIN_SESSION: 'q' },
  ],
];

describe('spec 8: cookies as MoinMoin 1.6 finds them', () => {
  it.each(SEEN)('%s', (header, found) => {
    expect(Object.fromEntries(parseSimpleCookie(header).pairs)).toEqual(found);
  });

  it('says which cookie stopped the reading', () => {
    expect(parseSimpleCookie('a=b; foo[1]=x; MOIN_SESSION=q').stoppedAt).toBe(2);
    expect(parseSimpleCookie('a=b; c=d').stoppedAt).toBeNull();
  });

  it.each([
    ['cookies', 'a=b; '],
    ['names alone', 'a; '],
    ['open quotes', 'a= "b'],
    ['escapes', '\\"'],
    ['equals signs', '='],
    ['spaces', ' '],
    ['attributes', '$x="y" '],
    ['bytes', '\xff'],
    ['semicolons', ';'],
  ])('a header of 2 MB of %s takes no more than linear time', (_what, piece) => {
    const timeOf = (count: number) => {
      const header = `a=${'"'.repeat(piece === '\\"' ? 1 : 0)}${piece.repeat(count)}`;
      const start = performance.now();
      parseSimpleCookie(header);
      return performance.now() - start;
    };
    timeOf(1000);
    expect(timeOf(2_000_000 / piece.length)).toBeLessThan(5000);
  });
});
