import { afterEach, describe, expect, it, vi } from 'vitest';
import { addCommitHeaders, warnOfLateCookie } from '../../../src/web/shared/commit-headers.js';

const PERSONAL = 'private, no-cache="Set-Cookie"';
const OURS = { 'set-cookie': 'a=1', 'cache-control': PERSONAL, vary: 'Cookie' };
const UNCHANGED = { 'cache-control': PERSONAL, vary: 'Cookie' };

function merged(own: Record<string, string>, fields: Record<string, string> = OURS): Headers {
  const headers = new Headers(own);
  addCommitHeaders(headers, fields);
  return headers;
}

describe('the headers of a commit (spec 4)', () => {
  it.each([
    [{}, OURS['cache-control']],
    [{ 'cache-control': '' }, OURS['cache-control']],
    [{ 'cache-control': 'no-store' }, 'no-store'],
    [{ 'cache-control': 'private, No-Cache' }, 'private, No-Cache'],
    [{ 'cache-control': 'public, max-age=60' }, 'public, max-age=60, no-cache="Set-Cookie"'],
    [{ 'cache-control': 'no-cache="X-Other"' }, 'no-cache="X-Other", no-cache="Set-Cookie"'],
    [{ 'cache-control': 'no-cache="Set-Cookie"' }, 'no-cache="Set-Cookie"'],
    [{ 'cache-control': PERSONAL }, PERSONAL],
  ])('with a cookie and %j Cache-Control is %s', (own, expected) => {
    expect(merged(own).get('cache-control')).toBe(expected);
  });

  it.each([
    [{}, PERSONAL],
    [{ 'cache-control': ' ' }, PERSONAL],
    [{ 'cache-control': 'public, max-age=60' }, 'public, max-age=60'],
    [{ 'cache-control': 'no-store' }, 'no-store'],
  ])('without a cookie and with %j Cache-Control is %s', (own, expected) => {
    expect(merged(own, UNCHANGED).get('cache-control')).toBe(expected);
  });

  it.each([
    [{ 'cache-control': 'public, max-age=60' }, 'no-store'],
    [{ 'cache-control': 'No-Store, max-age=0' }, 'No-Store, max-age=0'],
    [{ 'cache-control': 'private' }, 'no-store'],
  ])(
    'the no-store of an auth method, whose response holds a secret, stands: with %j it is %s',
    (own, expected) => {
      const fields = { 'cache-control': 'no-store', vary: 'Cookie' };
      expect(merged(own, fields).get('cache-control')).toBe(expected);
      expect(merged(own, { ...fields, 'set-cookie': 'a=1' }).get('cache-control')).toBe(expected);
    },
  );

  it('for nobody there is no Cache-Control of ours', () => {
    expect(merged({}, { vary: 'Cookie' }).has('cache-control')).toBe(false);
  });

  it.each([
    [{}, 'Cookie'],
    [{ vary: 'Accept' }, 'Accept, Cookie'],
    [{ vary: 'accept, COOKIE' }, 'accept, COOKIE'],
    [{ vary: '*' }, '*'],
    [{ vary: 'X-Cookie' }, 'X-Cookie, Cookie'],
    [{ vary: 'Accept-Encoding, Origin' }, 'Accept-Encoding, Origin, Cookie'],
    [{ vary: 'Accept, *' }, 'Accept, *'],
  ])('with %j Vary is %s', (own, expected) => {
    expect(merged(own).get('vary')).toBe(expected);
  });

  it('Set-Cookie is added to the existing ones', () => {
    expect(merged({ 'set-cookie': 'own=1' }).getSetCookie()).toEqual(['own=1', 'a=1']);
  });

  it('what two visits of one response add stands there once', () => {
    const headers = merged({}, OURS);
    addCommitHeaders(headers, OURS);
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Cookie', PERSONAL]);
  });

  it('several cookies are fields of their own', () => {
    const headers = new Headers({ 'set-cookie': 'own=1' });
    addCommitHeaders(headers, { 'set-cookie': ['a=1', 'b=2'] });
    expect(headers.getSetCookie()).toEqual(['own=1', 'a=1', 'b=2']);
  });

  it('of a field that an auth method adds, the application’s own counts; Vary gets what it lacks', () => {
    const headers = new Headers({ 'x-a': 'own', vary: 'cookie, Accept' });
    addCommitHeaders(headers, { 'x-a': '1', 'x-b': '2', vary: 'Cookie, Authorization' });
    expect(headers.get('x-a')).toBe('own');
    expect(headers.get('x-b')).toBe('2');
    expect(headers.get('vary')).toBe('cookie, Accept, Authorization');
  });

  it('an empty commit changes no header', () => {
    const headers = new Headers({ vary: 'Accept' });
    addCommitHeaders(headers, {});
    expect([...headers]).toEqual([['vary', 'Accept']]);
  });
});

describe('a cookie that comes after the headers', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    ['was sent already', 0, ['a=1; Path=/', 'b=2'], [['a=1', 'b=2'], undefined]],
    ['the client has sent', 0, ['a=1', 'b=2'], ['a=1', null, 'x=0; b=2']],
    ['is a deletion', 0, ['a=; Max-Age=0'], []],
    ['is new, beside a known one', 1, ['a=1', 'b=3'], [['a=1', 'b=2']]],
    ['is new and alone', 1, 'b=3', []],
  ])('a cookie that %s causes %i warnings', (_, warnings, cookies, known) => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    warnOfLateCookie({ 'set-cookie': cookies }, known);
    expect(emit).toHaveBeenCalledTimes(warnings);
  });
});
