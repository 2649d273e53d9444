import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/base/clock.js';
import { CookieJar } from '../../src/testing/cookie-jar.js';
import { START } from '../aid/site.js';

const APP = 'https://app.example.com/a/b';

function jarWith(...fields: string[]) {
  const time = { now: START };
  const jar = new CookieJar(() => time.now);
  for (const field of fields) jar.take(field, APP);
  return { jar, time };
}

describe('a jar keeps cookies as a browser does (RFC 6265bis)', () => {
  it.each([
    ['Max-Age', 'a=1; Max-Age=3600', HOUR],
    ['Expires', `a=1; Expires=${new Date(START + HOUR).toUTCString()}`, HOUR],
    ['Max-Age against Expires', `a=1; Max-Age=3600; Expires=${new Date(START - HOUR).toUTCString()}`, HOUR],
    ['400 days at most', 'a=1; Max-Age=99999999999', 400 * DAY],
    ['400 days at most, for Expires too', 'a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT', 400 * DAY],
  ])('lifetime by the clock: %s', (_, field, lifetime) => {
    const { jar, time } = jarWith(field);
    time.now = START + lifetime - 1;
    expect(jar.header(APP)).toBe('a=1');
    time.now = START + lifetime;
    expect(jar.header(APP)).toBe('');
  });

  it.each(['Max-Age=0', 'Max-Age=-5', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])('%s deletes', (past) => {
    expect(jarWith('a=1; Max-Age=60', `a=; ${past}`).jar.header(APP)).toBe('');
  });

  it.each(['Max-Age=soon', 'Expires=tomorrow', ''])('%j leaves a cookie for this browser alone', (text) => {
    const { jar, time } = jarWith(`a=1; ${text}`);
    time.now += 10_000 * DAY;
    expect(jar.header(APP)).toBe('a=1');
    jar.restart();
    expect(jar.header(APP)).toBe('');
  });

  it('a restart keeps cookies that have an end', () => {
    const { jar } = jarWith('a=1; Max-Age=60', 'b=2');
    jar.restart();
    expect(jar.header(APP)).toBe('a=1');
  });

  it.each([
    ['a=1', ['app.example.com'], ['example.com', 'x.app.example.com']],
    ['a=1; Domain=example.com', ['app.example.com', 'example.com', 'www.example.com'], ['xexample.com']],
    ['a=1; Domain=.Example.COM', ['app.example.com', 'example.com'], ['example.org']],
    ['a=1; Domain=other.com', [], ['app.example.com', 'other.com']],
    ['a=1; Domain=com', [], ['app.example.com', 'example.com']],
    ['a=1; Domain=x.app.example.com', [], ['app.example.com', 'x.app.example.com']],
  ])('%s goes to %j, not to %j', (field, hosts, others) => {
    const { jar } = jarWith(`${field}; Path=/`);
    for (const host of hosts) expect(jar.header(`https://${host}/`), host).toBe('a=1');
    for (const host of others) expect(jar.header(`https://${host}/`), host).toBe('');
  });

  it('an address has no domains above it', () => {
    const jar = new CookieJar();
    jar.take('a=1; Domain=0.0.1', 'http://127.0.0.1/');
    jar.take('b=1; Domain=127.0.0.1', 'http://127.0.0.1/');
    expect(jar.header('http://127.0.0.1/')).toBe('b=1');
  });

  it.each([
    ['a=1', ['/a', '/a/', '/a/c'], ['/', '/ab']],
    ['a=1; Path=/a/b', ['/a/b', '/a/b/c'], ['/a', '/a/bc']],
    ['a=1; Path=/a/', ['/a/', '/a/x'], ['/a']],
    ['a=1; Path=relative', ['/a/c'], ['/']],
    ['a=1; Path=/', ['/', '/x'], []],
  ])('%s goes to %j, not to %j', (field, paths, others) => {
    const { jar } = jarWith(field);
    for (const path of paths) expect(jar.header(`https://app.example.com${path}`), path).toBe('a=1');
    for (const path of others) expect(jar.header(`https://app.example.com${path}`), path).toBe('');
  });

  it('of several of one name, longer paths come first, then older ones', () => {
    const { jar } = jarWith('a=old; Path=/', 'a=deep; Path=/a', 'a=wide; Path=/; Domain=example.com');
    expect(jar.header(APP)).toBe('a=deep; a=old; a=wide');
    jar.take('a=new; Path=/', APP);
    expect(jar.header(APP)).toBe('a=deep; a=new; a=wide');
  });

  it('Secure goes to https alone, and no http answer sets, replaces or hides it', () => {
    const http = 'http://app.example.com/';
    const { jar } = jarWith('a=safe; Secure; Path=/');
    expect(jar.header(http)).toBe('');
    jar.take('a=bad; Path=/', http);
    jar.take('a=bad; Domain=example.com; Path=/x', http);
    jar.take('b=1; Secure', http);
    expect(jar.header('https://app.example.com/x')).toBe('a=safe');
  });

  it('an http answer sets a cookie of that name for paths that the Secure one does not reach', () => {
    const { jar } = jarWith('a=safe; Secure; Path=/shop');
    jar.take('a=bad; Path=/shop/cart', 'http://app.example.com/');
    jar.take('a=free; Path=/blog', 'http://app.example.com/');
    jar.take('a=wide; Path=/', 'http://app.example.com/');
    expect(jar.header('https://app.example.com/shop/cart')).toBe('a=safe; a=wide');
    expect(jar.header('https://app.example.com/blog')).toBe('a=free; a=wide');
  });

  it('all gives every cookie that has not ended, whatever its host and path', () => {
    const { jar, time } = jarWith('a=1; Max-Age=60', 'b=2; Secure; Path=/deep');
    jar.take('c=3', 'http://other.example/');
    expect(jar.all().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    time.now += 60_000;
    expect(jar.all().map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('HttpOnly is out of reach of scripts', () => {
    const { jar } = jarWith('a=1; HttpOnly', 'b=2');
    expect(jar.header(APP, { script: true })).toBe('b=2');
  });

  it.each([
    ['a=1; SameSite=Strict', []],
    ['a=1; SameSite=Lax', ['GET', 'HEAD']],
    ['a=1', ['GET', 'HEAD']],
    ['a=1; SameSite=None; Secure', ['GET', 'HEAD', 'POST', 'DELETE']],
  ])('%s goes with a cross-site %j', (field, methods) => {
    const { jar } = jarWith(field);
    const sent = ['GET', 'HEAD', 'POST', 'DELETE'].filter(
      (method) => jar.header(APP, { method, crossSite: true }) !== '',
    );
    expect(sent).toEqual(methods);
    expect(jar.header(APP, { method: 'POST' })).toBe('a=1');
  });

  it.each([
    'a=1; SameSite=None',
    'a=1; Partitioned',
    '__Secure-a=1',
    '__Host-a=1; Path=/',
    '__Host-a=1; Secure',
    '__host-a=1; Secure; Path=/; Domain=app.example.com',
    'a=1\u0000',
    '=1',
    'a',
    '',
    `a=${'x'.repeat(4096)}`,
  ])('refuses %j', (field) => {
    expect(jarWith(field).jar.cookies(APP)).toEqual([]);
  });

  it('takes __Host- and __Secure- cookies that keep their promise', () => {
    const { jar } = jarWith('__Host-a=1; Secure; Path=/', '__Secure-b=2; Secure; Domain=example.com; Path=/');
    expect(jar.header(APP)).toBe('__Host-a=1; __Secure-b=2');
  });

  it('a copy, and what it gives out, are apart from the jar', () => {
    const { jar } = jarWith('a=1');
    const copy = jar.copy();
    copy.take('a=2', APP);
    for (const cookie of jar.cookies(APP)) cookie.value = 'spoilt';
    expect([jar.header(APP), copy.header(APP)]).toEqual(['a=1', 'a=2']);
  });
});
