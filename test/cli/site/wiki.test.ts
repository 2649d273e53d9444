import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { wikiSettingsOf } from '../../../src/cli/input/wiki-settings.js';
import { createSessions } from '../../../src/index.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
});

describe('--wiki-config', () => {
  it('takes setting=value, JSON text and a JSON file, in the spelling of the wiki', () => {
    writeFileSync(join(cwd, 'wiki.json'), '{"superuser":["AdminUser"],"cookie_lifetime":[0,12]}');
    const values = [
      'wiki.json',
      '{"trail_size": 5}',
      'cookie_name=8080',
      'auth=moin, given',
      'cookie_secure=True',
      'cookie_domain=None',
      'anonymous_session_lifetime=0.5',
      'user_dir=/srv/a=b',
    ];
    expect(wikiSettingsOf(values, cwd)).toEqual({
      superuser: ['AdminUser'],
      cookie_lifetime: [0, 12],
      trail_size: 5,
      cookie_name: '8080',
      auth: ['moin', 'given'],
      cookie_secure: true,
      cookie_domain: null,
      anonymous_session_lifetime: 0.5,
      user_dir: '/srv/a=b',
    });
  });

  it.each([
    [['user_di=/a'], "did you mean 'user_dir'?"],
    [['trail_size=x'], 'setting trail_size of the wiki must be a count'],
    [['trail_size=1', '{"trail_size":2}'], 'setting trail_size of the wiki is given twice'],
    [['{"a'], 'the JSON in --wiki-config is no JSON'],
    [['[]'], 'cannot read the file'],
    [['missing.json'], '(ENOENT)'],
    [['list.json'], 'is no object'],
    [[''], '(EISDIR)'],
  ])('refuses %j with the remedy', (values, message) => {
    writeFileSync(join(cwd, 'list.json'), '[1]');
    expect(() => wikiSettingsOf(values, cwd)).toThrow(message);
  });

  it('counts as often as it is given when a shell completes a line', async () => {
    const { data } = unpackWiki('1.9');
    const completed = async (second: string) => {
      const line = `list --store moin:${data} --wiki-config trail_size=1 --wiki-config ${second} --user `;
      return (await cli({ cwd }, '__complete', 'fish', `moin-sessions ${line}`)).out;
    };
    expect(await completed('superuser=AdminUser')).toContain('JaneDoe');
    expect(await completed('trail_size=2')).not.toContain('JaneDoe');
  });

  it('is an error with exit 2 on a store that is no wiki, also where the configuration names it', async () => {
    writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"store":"file:sessions"}');
    const { code, err } = await cli({ cwd }, 'list', '--wiki-config', 'trail_size=1');
    expect(code).toBe(2);
    expect(err).toContain('--wiki-config has no effect: the store is no MoinMoin wiki');
  });

  it('refuses a setting that the MoinMoin of this wiki does not have', async () => {
    const { data } = unpackWiki('1.6');
    const { code, err } = await cli(
      { cwd },
      'list',
      '--store',
      `moin:${data}`,
      '--wiki-config',
      'server_port=1',
    );
    expect(code).toBe(2);
    expect(err).toContain('setting server_port of the wiki is one of MoinMoin 1.9');
  });
});

describe('a wiki that a configuration names', () => {
  it('gets its settings from the store object, and the flag comes before them', async () => {
    const { data } = unpackWiki('1.9');
    const config = join(cwd, 'moin-sessions.config.mjs');
    const library = JSON.stringify(new URL('../../../src/moin/index.ts', import.meta.url).href);
    writeFileSync(
      config,
      `import { MoinStore } from ${library};
       export default { store: new MoinStore(${JSON.stringify(data)}, { superuser: ['A'], trail_size: 3 }) };`,
    );
    const { out, err } = await cli(
      { cwd },
      ...['config', 'show', '--json', '--wiki-config', 'superuser=B', '--wiki-config', 'trail_size=null'],
    );
    const rows = JSON.parse(out) as { name: string; value: unknown; origin: string }[];
    const others = rows.map(({ name }) => name).filter((name) => !name.startsWith('wiki'));
    expect(others, 'options that say nothing of a wiki').toEqual(['config', 'store', 'audit']);
    expect(
      rows.filter(({ name }) => name.startsWith('wiki')),
      err,
    ).toEqual([
      { name: 'wiki layout', value: 'MoinMoin 1.9', origin: 'default', from: null, effective: true },
      { name: 'wiki superuser', value: ['B'], origin: 'flag', from: '--wiki-config', effective: true },
      { name: 'wiki trail_size', value: null, origin: 'flag', from: '--wiki-config', effective: true },
    ]);
  });

  it('config show marks the options of the file that have no effect on a wiki', async () => {
    const { data } = unpackWiki('1.9');
    const options = { store: `moin:${data}`, users: 'none.json', cookieLifetime: 1, audit: 'audit.log' };
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(options));
    const { out } = await cli({ cwd }, 'config', 'show', '--json');
    const effects = (JSON.parse(out) as { name: string; effective: boolean }[]).map((row) => [
      row.name,
      row.effective,
    ]);
    expect(effects).toEqual([
      ['config', true],
      ['store', true],
      ['wiki layout', true],
      ['users', false],
      ['cookieLifetime', false],
      ['audit', true],
    ]);
    const table = (await cli({ cwd }, 'config', 'show')).out;
    expect(table).toMatch(/^cookieLifetime +1 +file, no effect /m);
    expect(table).toMatch(/^audit .* file {2,}/m);
  });

  it('config check: good for the command line, with what has no effect; createSessions still refuses it', async () => {
    const { data } = unpackWiki('1.9');
    const options = { store: `moin:${data}`, users: 'none.json', auth: ['http_basic' as const] };
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(options));
    const { code, out, err } = await cli({ cwd }, 'config', 'check');
    expect({ code, out }).toEqual({
      code: 0,
      out: `Good: ${cwd}/moin-sessions.config.json, store moin:${data}\n`,
    });
    expect(err).toContain('for the command line alone: a server refuses it\n');
    expect(err).toContain('users and auth have no effect');
    expect(() => createSessions(options)).toThrow(/makes its sessions itself/);
  });

  it.each([
    ['a wiki that is not there', { store: 'moin:nowhere' }, 'store', /there is no such folder/],
    ['another option that is wrong', { cookiePath: 'wrong' }, 'cookiePath', /cookiePath/],
    [
      'an audit log that cannot be written',
      { audit: 'none/audit.log' },
      'audit',
      /its folder does not exist/,
    ],
  ])('config check: %s is a fault as everywhere', async (_what, wrong, option, fault) => {
    const { data } = unpackWiki('1.9');
    const options = { store: `moin:${data}`, ...wrong };
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(options));
    const { code, out } = await cli({ cwd }, 'config', 'check', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual([{ option, fault: expect.stringMatching(fault) }]);
  });

  it('check: a superuser of the wiki who is none of its users', async () => {
    const { data, now } = unpackWiki('1.9');
    const codes = async (name: string) => {
      const more = ['--wiki-config', `superuser=${name}`, '--format', 'ids'];
      return (await cli({ cwd, clock: () => now }, 'check', '--store', `moin:${data}`, ...more)).out;
    };
    expect(await codes('NobodyAtAll')).toContain('superuser-unknown');
    expect(await codes('AdminUser')).not.toContain('superuser-unknown');
  });

  it('is judged by its own users: those of the configuration and its chain do not count', async () => {
    const { data, now } = unpackWiki('1.9');
    writeFileSync(join(cwd, 'users.json'), '{"version":1,"users":[]}');
    writeFileSync(
      join(cwd, 'moin-sessions.config.json'),
      JSON.stringify({ store: `moin:${data}`, users: 'no-such-users.json', auth: ['http_basic'] }),
    );
    const { out, err, code } = await cli({ cwd, clock: () => now }, 'list', '--refused', '--format', 'count');
    expect([code, out.trim(), err]).toEqual([0, '0', '']);
  });
});

describe('a configuration that was only found nearby', () => {
  let wiki: SampleWiki;
  beforeEach(() => {
    wiki = unpackWiki('1.9');
    writeFileSync(
      join(cwd, 'moin-sessions.config.json'),
      JSON.stringify({ users: 'missing.json', cookiePath: 'wrong', auth: ['moin_login'] }),
    );
  });

  it.each([['flag'], ['environment']])('does not disturb a wiki that the %s names', async (how) => {
    const where = `moin:${wiki.data}`;
    const named = how === 'flag' ? ['--store', where] : [];
    const env = how === 'flag' ? {} : { MOIN_SESSIONS_STORE: where };
    const world = { cwd, env, clock: () => wiki.now };
    for (const command of [['list', '--refused'], ['check'], ['stats']]) {
      const { err } = await cli(world, ...command, ...named, '--format', 'count');
      expect(err.replace(/.*(?:findings? to look at).*\n/, '')).toBe('');
    }
  });

  it('counts when it is named: then its faults are reported', async () => {
    const { code, err } = await cli(
      { cwd },
      ...['list', '--store', `moin:${wiki.data}`, '--config', 'moin-sessions.config.json'],
    );
    expect(code).toBe(2);
    expect(err).toContain('cookiePath');
  });
});

describe('a wiki that cannot be opened', () => {
  it.each([
    ['moin:', 'the wiki has no path', 2],
    ['moin:nowhere', 'there is no such folder', 1],
    ['moin:.', 'neither cache/__session__ (MoinMoin 1.9) nor cache/__common__/session (1.6)', 1],
  ])('%s: one line says what was looked for', async (where, message, status) => {
    const { code, err } = await cli({ cwd }, 'list', '--store', where === 'moin:.' ? `moin:${cwd}` : where);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(status);
  });
});

it('1.6: a wiki that was moved says once which setting is missing, and with it knows its users', async () => {
  const { data, expected, now } = unpackWiki('1.6');
  const secrets = join(data, 'cache/__common__/ussc');
  for (const { file, user_id } of expected.ussc ?? [])
    renameSync(
      join(secrets, file),
      join(secrets, createHash('sha1').update(`${user_id}/far/user`).digest('hex')),
    );
  const names = async (...more: string[]) => {
    const fields = ['--logged-in', '--fields', 'userName', '--format', 'csv'];
    const { out } = await cli(
      { cwd, clock: () => now },
      'list',
      ...fields,
      '--store',
      `moin:${data}`,
      ...more,
    );
    return new Set(out.trim().split('\r\n').slice(1));
  };
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on('warning', listen);
  try {
    expect(await names()).toEqual(new Set(['?']));
    await new Promise(setImmediate);
    expect(warnings).toEqual([
      expect.stringContaining("give its setting 'user_dir' (--wiki-config user_dir=DIR)"),
    ]);
    expect(await names('--wiki-config', 'user_dir=/far/user')).toContain('AdminUser');
    await new Promise(setImmediate);
    expect(warnings).toHaveLength(1);
  } finally {
    process.off('warning', listen);
  }
});
