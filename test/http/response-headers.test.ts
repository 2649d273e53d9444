import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHeaders, mergeHeaders } from '../../src/http/response-headers.js';

const PERSONAL = 'private, no-cache="Set-Cookie"';

/** `Cache-Control` after these methods, in order. */
function cacheControl(methods: string[], ours?: string, cookie?: string): string | undefined {
  const all = methods.map((value) => checkHeaders({ 'cache-control': value }));
  const own = { ...(ours && { 'cache-control': ours }), ...(cookie && { 'set-cookie': cookie }) };
  return mergeHeaders(own, all)['cache-control'] as string | undefined;
}

describe('Cache-Control of several auth methods, and ours (spec 4)', () => {
  it.each<[string[], string | undefined, string | undefined]>([
    [['no-store', 'public, max-age=60'], undefined, 'no-store'],
    [['max-age=60', 'No-Store, max-age=0'], undefined, 'No-Store, max-age=0'],
    [['no-store', 'no-store, private'], undefined, 'no-store, private'],
    [['max-age=60', 'max-age=30'], undefined, 'max-age=30'],
    [['private', 'Public, S-MaxAge=9, max-age=60'], undefined, 'private, max-age=60'],
    [['no-cache', 'max-age=60'], undefined, 'no-cache, max-age=60'],
    [['public, max-age=60'], PERSONAL, 'private, max-age=60'],
    [['no-cache'], PERSONAL, 'private, no-cache'],
    [['private, max-age=60'], PERSONAL, 'private, max-age=60'],
    [['no-store'], PERSONAL, 'no-store'],
    [['max-age=60', ''], undefined, 'max-age=60'],
    [[''], PERSONAL, PERSONAL],
  ])('%j over %j is %s', (methods, ours, expected) => {
    expect(cacheControl(methods, ours)).toBe(expected);
  });

  it('with a cookie it keeps that out of caches, too', () => {
    expect(cacheControl(['public, max-age=60'], PERSONAL, 'a=1')).toBe(
      'private, max-age=60, no-cache="Set-Cookie"',
    );
    expect(cacheControl(['no-store'], PERSONAL, 'a=1')).toBe('no-store');
  });

  it('a strict word of any of them stays, in whatever order', () => {
    const value = fc
      .subarray(['no-store', 'private', 'no-cache', 'public', 'max-age=60'])
      .map((words) => words.join(', '));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (methods) => {
        const merged = (cacheControl(methods) ?? '').split(', ');
        const said = methods.flatMap((one) => one.split(', '));
        if (said.includes('no-store')) expect(merged).toContain('no-store');
        else
          for (const word of ['private', 'no-cache']) expect(merged.includes(word)).toBe(said.includes(word));
      }),
    );
  });
});
