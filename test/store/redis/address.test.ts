import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/base/errors.js';
import { hasPassword, parseRedisAddress } from '../../../src/store/redis/address.js';
import { passwordFrom } from '../../../src/store/redis/password.js';
import { temporaryFolder } from '../../aid/folder.js';

describe('the address of a Redis store', () => {
  it('names a server, its database, and who asks', () => {
    expect(parseRedisAddress('rediss://alice:S3cret%2F@[::1]:6380/3?prefix=shop:&timeout=500')).toEqual({
      kind: 'single',
      hosts: [{ host: '::1', port: 6380 }],
      isTls: true,
      username: 'alice',
      password: 'S3cret/',
      database: 3,
      name: '',
      prefix: 'shop:',
      timeout: 500,
      location: 'rediss://alice@[::1]:6380/3?prefix=shop:&timeout=500',
    });
  });

  it('needs no more than the scheme', () => {
    expect(parseRedisAddress('redis://')).toMatchObject({
      kind: 'single',
      hosts: [{ host: 'localhost', port: 6379 }],
      isTls: false,
      username: undefined,
      password: undefined,
      database: 0,
      location: 'redis://localhost',
    });
  });

  it('names the nodes of a cluster, or the Sentinels and their primary', () => {
    expect(parseRedisAddress('redis+cluster://a,b:7000')).toMatchObject({
      kind: 'cluster',
      hosts: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7000 },
      ],
    });
    expect(parseRedisAddress('rediss+sentinel://:S3cret@a,b:5000/my%20primary/2')).toMatchObject({
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 5000 },
      ],
      isTls: true,
      password: 'S3cret',
      name: 'my primary',
      database: 2,
      location: 'rediss+sentinel://a,b:5000/my%20primary/2',
    });
  });

  it.each([
    ['redis:localhost', /write redis:\/\/HOST/],
    ['redis+mesh://localhost', /write redis:\/\/HOST/],
    ['redis://S3cret/ab@localhost', /a host .* is none/],
    ['redis://:S3/cret@localhost', /a host .* is none/],
    ['redis://:S3?cret@localhost', /a host .* is none/],
    ['redis://:S3#cret@localhost', /write redis:\/\/HOST/],
    ['redis://host:0', /a host .* is none/],
    ['redis://host:65536', /a host .* is none/],
    ['redis://a,,b', /a host .* is none/],
    ['redis://:%zz@localhost', /write a percent sign as %25/],
    ['redis://localhost/main', /'main' is no number of a Redis database/],
    ['redis://localhost?time=3', /no setting 'time'.*there are prefix and timeout/],
    ['redis://localhost?timeout=2s', /no number of ms: write timeout=2000/],
    ['redis+cluster://localhost/1', /one database only/],
    ['redis+sentinel://localhost', /names no primary/],
    ['redis+sentinel://localhost/NAME/2/shop', /'2\/shop' is no number of a Redis database.*\/NAME\/0/],
  ])('%s is refused in one line that says what to write', (where, remedy) => {
    expect(() => parseRedisAddress(where)).toThrow(ConfigurationError);
    expect(() => parseRedisAddress(where)).toThrow(remedy);
  });

  it('never shows a password: neither in the name of the store nor in an error', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\r\n]{1,20}$/), (noise) => {
        const where = `redis://alice:Geheim${noise}Geheim@localhost`;
        expect(shown(() => parseRedisAddress(where).location)).not.toContain('Geheim');
      }),
      { numRuns: 2000 },
    );
  });

  it('is asked whether it holds a password', () => {
    expect(hasPassword('redis://:S3cret@localhost')).toBe(true);
    expect(hasPassword('redis+cluster://alice:@a,b')).toBe(true);
    for (const none of ['redis://alice@localhost:6379', 'redis://localhost', 'file:/a:b@c', 'a:b@c'])
      expect(hasPassword(none)).toBe(false);
  });
});

describe('the password of the environment', () => {
  it('is a variable, or the first line of a file', () => {
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, 'S3cret with spaces \r\nrest\n');
    expect(passwordFrom({})).toBeUndefined();
    expect(passwordFrom({ MOIN_SESSIONS_REDIS_PASSWORD: '' })).toBeUndefined();
    expect(passwordFrom({ MOIN_SESSIONS_REDIS_PASSWORD: 'S3cret' })).toBe('S3cret');
    expect(passwordFrom({ MOIN_SESSIONS_REDIS_PASSWORD_FILE: file })).toBe('S3cret with spaces ');
  });

  it('is refused where it is not clear, or not there', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'password');
    writeFileSync(file, '\n');
    const both = { MOIN_SESSIONS_REDIS_PASSWORD: 'S3cret', MOIN_SESSIONS_REDIS_PASSWORD_FILE: file };
    expect(() => passwordFrom(both)).toThrow(/both .* are set: unset one/);
    expect(() => passwordFrom({ MOIN_SESSIONS_REDIS_PASSWORD_FILE: file })).toThrow(/is empty: write/);
    expect(() => passwordFrom({ MOIN_SESSIONS_REDIS_PASSWORD_FILE: join(folder, 'none') })).toThrow(
      /cannot read the file .*ENOENT/,
    );
  });
});

function shown(name: () => string): string {
  try {
    return name();
  } catch (error) {
    return String(error);
  }
}
