import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { makeSampleSite } from '../../../src/cli/commands/demo/sample-site.js';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { pathsBelow, temporaryFolder } from '../../aid/folder.js';

const SAMPLES = join(import.meta.dirname, '../../../sample-data');

/** The files of a sample site, without the sources of the one in the repository and what a command leaves while it works. */
function filesIn(folder: string): string[] {
  return pathsBelow(folder)
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(folder, path))
    .filter((name) => !/^(README\.md|make\.ts|.*lock)$/.test(name))
    .sort();
}

/** The session whose user logged out: its tombstone has the moment of the entry. */
async function loggedOutIn(store: FileStore, log: readonly Record<string, unknown>[]): Promise<string> {
  const [logout] = log.filter(({ event }) => event === 'logout');
  const id = String(logout?.id);
  expect(log.filter(({ event, by }) => event === 'ended' && by === 'logout')).toMatchObject([
    { at: logout?.at, id },
  ]);
  expect(await store.tombstone(id)).toMatchObject({
    reason: 'logout',
    at: Date.parse(String(logout?.at)),
  });
  return id;
}

describe('demo', () => {
  it('makes a site that looks alive now, and its three commands work as they stand', async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, 'a demo');
    const { code, out, err } = await cli({ cwd }, 'demo', '--dir', 'a demo');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const config = `${folder}/moin-sessions.config.json`;
    expect(out).toContain(`\n  export MOIN_SESSIONS_CONFIG='${config}'\n`);
    const env = { MOIN_SESSIONS_CONFIG: config };
    const commands = [...out.matchAll(/^ {2}moin-sessions (.*)$/gm)].map(([, text]) => String(text));
    expect(commands).toEqual([
      'list',
      'log --since 1d',
      `simulate --cookie-file '${folder}/cookies/ended-by-administrator.txt'`,
    ]);
    const store = new FileStore(join(folder, 'store'));
    const shown = await Promise.all(
      commands.map((text) =>
        cli({ cwd, store, env }, ...[...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? String(b))),
      ),
    );
    expect(shown.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(shown[0]?.out).toMatch(/AdminUser +active +\d+m ago/);
    expect(shown[1]?.out).toContain('a lost laptop, ticket 4711');
    expect(shown[2]?.out).toMatch(/an administrator ended this session/i);
  });

  it('its audit log and its store tell one story: each login and end of the last day, at the same moment', async () => {
    const cwd = temporaryFolder();
    const clock = () => Date.UTC(2026, 10, 20, 12);
    await cli({ cwd, clock }, 'demo', '--dir', 'demo');
    const store = new FileStore(join(cwd, 'demo/store'));
    const env = { MOIN_SESSIONS_CONFIG: join(cwd, 'demo/moin-sessions.config.json') };
    const rows = async (...argv: string[]) =>
      JSON.parse((await cli({ cwd, clock, store, env }, ...argv, '--json')).out) as Record<string, unknown>[];
    const sessions = (await rows('list', '--logged-in')).filter(
      ({ created }) => Date.parse(String(created)) > clock() - 24 * HOUR,
    );
    const log = await rows('log');
    const noted = (event: string) =>
      log
        .filter((entry) => entry.event === event && entry.by !== 'logout')
        .map(({ at, id }) => `${at} ${id}`);
    const id = await loggedOutIn(store, log);
    const logins = [
      ...sessions.map(({ created, id }) => `${created} ${id}`),
      `2026-11-20T09:00:00.000Z ${id}`,
    ];
    expect(noted('login').sort()).toEqual(logins.sort());
    const ends = sessions.filter(({ endedAt }) => endedAt !== null);
    expect(noted('ended')).toEqual(ends.map(({ endedAt, id }) => `${endedAt} ${id}`).sort());
    expect(ends.map(({ endedBy }) => endedBy).sort()).toEqual(['administrator', 'limit']);
    expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).sort());
    // As the audit log keeps commands: the flags, and no argument.
    const commands = log.map(({ command }) => command).filter((command) => command !== null);
    expect(commands).toEqual([
      'users disable --keep-sessions',
      "expire --reason 'a lost laptop, ticket 4711' --yes",
    ]);
    const disabled = (await rows('users', 'list')).filter((user) => user.disabled).map(({ name }) => name);
    expect(log.filter(({ event }) => event === 'user-disabled').map(({ user }) => user)).toEqual(disabled);
    await store.close();
  });

  it('everything is for its user alone', async () => {
    const cwd = temporaryFolder();
    await cli({ cwd }, 'demo', '--dir', 'demo');
    const open = pathsBelow(join(cwd, 'demo')).filter((path) => (statSync(path).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it('without --dir the folder is a new one in the temporary folder, and --json names it', async () => {
    const { out } = await cli({ cwd: '/', env: { npm_command: 'exec' } }, 'demo', '--json');
    const { folder, commands } = JSON.parse(out) as { folder: string; commands: string[] };
    expect(folder).toMatch(/moin-sessions-demo-\w{6}$/);
    expect(commands[0]).toBe(`npx moin-sessions --config ${folder}/moin-sessions.config.json list`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    rmSync(folder, { recursive: true });
  });

  it('touches no folder that holds something, and has no use for a site', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'mine'), '');
    const full = await cli({ cwd }, 'demo', '--dir', '.');
    expect(full).toMatchObject({ code: 1, err: expect.stringContaining('is not empty: name a new folder') });
    expect(readdirSync(cwd)).toEqual(['mine']);
    expect((await cli({ cwd }, 'demo', '--dir', 'mine')).err).toContain('name a folder with --dir');
    expect((await cli({ cwd }, 'demo', '--store', 'x')).code).toBe(2);
  });

  it('its secrets are those of the sample data, which all know: nothing secret lies in a temporary folder', async () => {
    const folder = temporaryFolder();
    await makeSampleSite(folder, Date.UTC(2026, 10, 20, 12), Date.UTC(2099, 11, 31));
    expect(readFileSync(join(folder, 'moin-sessions.config.json'), 'utf8')).toBe(
      readFileSync(join(SAMPLES, 'moin-sessions.config.json'), 'utf8'),
    );
    expect(readdirSync(join(folder, 'store'))).not.toContain('secret');
  });

  it('the sample data in the repository are what it makes for their moment, byte for byte: npm run sample-data', async () => {
    const folder = temporaryFolder();
    await makeSampleSite(folder, Date.UTC(2026, 10, 20, 12), Date.UTC(2099, 11, 31));
    const names = filesIn(folder);
    expect(filesIn(SAMPLES)).toEqual(names);
    expect(names.length).toBeGreaterThan(60);
    for (const name of names)
      expect(readFileSync(join(folder, name), 'utf8'), name).toBe(readFileSync(join(SAMPLES, name), 'utf8'));
  });
});
