import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.js';
import { checkSettings } from '../../src/moin/settings.js';

describe('the settings of a wiki', () => {
  it.each([
    { cookie_name: 'siteidmagic' },
    { cookie_lifetime: -12.5 },
    { cookie_lifetime: [0, 12] },
    { anonymous_session_lifetime: 1, server_port: 8094, script_name: '/my/wiki', cookie_secure: true },
    { superuser: ['AdminUser', 'Jörg Müller'], auth: ['moin', 'given'], trail_size: 0 },
    {
      cookie_path: '/',
      cookie_domain: '.example.org',
      cookie_httponly: false,
      user_dir: '/srv/wiki/data/user',
    },
  ])('%j is taken for 1.9', (settings) => {
    expect(checkSettings(settings, '1.9')).toEqual(settings);
  });

  it('null stands for the default, as None does, and is left out', () => {
    expect(checkSettings({ cookie_lifetime: null, trail_size: 5, superuser: undefined })).toEqual({
      trail_size: 5,
    });
  });

  it.each([
    [{ cookie_lifetime: '12' }, /cookie_lifetime .*number of hours.*"12"/],
    [{ cookie_lifetime: [1] }, /cookie_lifetime .*\[1\]/],
    [{ cookie_lifetime: Number.NaN }, /cookie_lifetime/],
    [{ superuser: 'AdminUser' }, /superuser .*list of names, such as \["AdminUser"\]/],
    [{ superuser: [''] }, /superuser/],
    [{ auth: [1] }, /auth .*list of names of auth methods/],
    [{ auth: ['[MoinAuth()]'] }, /auth .*list of names of auth methods, such as .*: no Python/],
    [{ trail_size: -1 }, /trail_size .*a count/],
    [{ trail_size: 1.5 }, /trail_size/],
    [{ cookie_name: 'a=b' }, /cookie_name .*characters of a cookie name/],
    [{ cookie_name: 'a\n' }, /cookie_name/],
    [{ cookie_path: 'wiki' }, /cookie_path .*begins with '\/'/],
    [{ cookie_domain: '' }, /cookie_domain/],
    [{ cookie_secure: 1 }, /cookie_secure .*true or false/],
    [{ cookie_httponly: 'yes' }, /cookie_httponly/],
    [{ server_port: 65536 }, /server_port .*a port/],
    [{ script_name: 'wiki' }, /script_name/],
    [{ user_dir: 'a\0b' }, /user_dir/],
    [{ anonymous_session_lifetime: '1' }, /anonymous_session_lifetime/],
    [{ anonymous_cookie_lifetime: true }, /anonymous_cookie_lifetime/],
    [{ cookieLifetime: 12 }, /no setting "cookieLifetime".*did you mean 'cookie_lifetime'/],
    [{ secrets: 'x' }, /no setting "secrets"/],
    [JSON.parse('{"__proto__": {"trail_size": 1}}'), /no setting "__proto__"/],
    [null, /must be an object/],
    [['trail_size'], /must be an object/],
    ['trail_size=5', /must be an object/],
  ])('%j is refused, and the message names what is wrong', (settings, message) => {
    expect(() => checkSettings(settings)).toThrow(ConfigurationError);
    expect(() => checkSettings(settings)).toThrow(message);
  });

  it.each([
    [{ anonymous_cookie_lifetime: 1 }, '1.9', /anonymous_cookie_lifetime .*1\.6.*the wiki is one of 1\.9/],
    [{ anonymous_session_lifetime: 1 }, '1.6', /anonymous_session_lifetime .*1\.9.*the wiki is one of 1\.6/],
    [{ cookie_name: 'wiki' }, '1.6', /cookie_name/],
    [{ cookie_lifetime: [0, 12] }, '1.6', /cookie_lifetime .*1\.9.*the wiki is one of 1\.6/],
    [{ cookie_secure: false }, '1.6', /cookie_secure/],
  ] as const)('%j is refused for %s, which does not have it', (settings, layout, message) => {
    expect(() => checkSettings(settings, layout)).toThrow(message);
    expect(checkSettings(settings)).toEqual(settings);
  });
});
