import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/moin/layout.js';
import { cli } from '../../aid/cli/fake-context.js';
import { pathsBelow, temporaryFolder } from '../../aid/folder.js';
import { secretsDir } from '../../aid/moin/opened.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot, STRANGER } from '../../aid/ownership.js';

const ROOT = 0;
const DENIED = /permission denied; run this as the user who owns the wiki, or as root/;

/** A wiki that belongs to another user, who lets others read its folders. `closed`: the files that nobody else may read. */
function foreign(layout: Layout, closed: (wiki: SampleWiki) => string[]): SampleWiki {
  const wiki = unpackWiki(layout);
  for (const path of pathsBelow(wiki.dir)) chownSync(path, STRANGER, STRANGER);
  for (const path of pathsBelow(wiki.dir)) chmodSync(path, 0o755);
  for (const dir of [wiki.dir, join(wiki.dir, '..')]) chmodSync(dir, 0o755);
  for (const path of closed(wiki)) chmodSync(path, 0o660);
  return wiki;
}

const filesIn = (dir: string) => readdirSync(dir).map((name) => join(dir, name));
const firstSix = ({ sessionDir }: SampleWiki) => filesIn(sessionDir).slice(0, 6);

function runOn(wiki: SampleWiki, ...argv: string[]) {
  const world = { cwd: temporaryFolder(), clock: () => wiki.now, columns: 80 };
  return cli(world, '--store', `moin:${wiki.data}`, ...argv);
}

/** As a user who does not own the wiki. */
const runAs = (wiki: SampleWiki, ...argv: string[]) => as(APP, APP, () => runOn(wiki, ...argv));

describe('files of a wiki that cannot be read for want of rights (spec 7, I4)', () => {
  it('list and stats say once how many', async (context) => {
    need(context, notRoot);
    const wiki = foreign('1.9', firstSix);
    for (const command of ['list', 'stats']) {
      const { code, err } = await runAs(wiki, command);
      expect(code).toBe(ROOT);
      expect(err).toMatch(DENIED);
      expect(err).toContain('6 of 63 session files of the wiki cannot be read');
      expect(err.match(/permission denied/g)).toHaveLength(1);
    }
  });

  it.for([
    ['purge', '--expired', '-q', '--dry-run'],
    ['expire', '--user', 'JaneDoe', '--yes', '--dry-run'],
    ['export', '-q'],
  ])('%s %s is not done: exit 4, and how many there are', async (argv, context) => {
    need(context, notRoot);
    const wiki = foreign('1.9', firstSix);
    const { code, err } = await runAs(wiki, ...argv);
    expect(code, err).toBe(4);
    expect(err).toMatch(/6 of 63 session(s| files)/);
    expect(err).toMatch(/permission denied/);
  });

  it('exit 1 where none can be read', async (context) => {
    need(context, notRoot);
    const wiki = foreign('1.9', ({ sessionDir }) => filesIn(sessionDir));
    const { code, err } = await runAs(wiki, 'purge', '--expired', '-q');
    expect(code, err).toBe(1);
    expect(err).toContain('63 of 63 session files');
  });

  it('check has its own finding, which tells nobody to remove anything', async (context) => {
    need(context, notRoot);
    const wiki = foreign('1.9', firstSix);
    const { out } = await runAs(wiki, 'check', '--json');
    const found = JSON.parse(out) as { code: string; count: number; remedy: string }[];
    expect(found.find(({ code }) => code === 'wiki-file-denied')).toMatchObject({ count: 6 });
    expect(found.map(({ code }) => code)).not.toContain('unreadable-record');
  });

  it('1.6: the files of secrets are one line, and a purge that meets them is exit 4', async (context) => {
    need(context, notRoot);
    const wiki = foreign('1.6', (one) => filesIn(secretsDir(one)));
    const { code, err } = await runAs(wiki, 'purge', '--expired', '-n');
    expect(code, err).toBe(4);
    expect(err).toMatch(DENIED);
    expect(err).toContain('9 files of secrets');
  });

  it.for(['expire', 'purge'])(
    '1.6: %s --user ends a login whose file may not be read, by its secret, and simulate says so',
    async (command, context) => {
      need(context, notRoot);
      const wiki = foreign('1.6', () => []);
      for (const path of pathsBelow(wiki.dir)) chownSync(path, APP, APP);
      const user = 'JaneDoe';
      const theirs = wiki.expected.sessions.filter(({ user_name }) => user_name === user);
      const files = theirs.map(({ file }) => join(wiki.sessionDir, file)).filter((path) => existsSync(path));
      for (const path of files) {
        chownSync(path, 0, 0);
        chmodSync(path, 0o600);
      }
      const settings = ['--wiki-config', `user_dir=${wiki.expected.user_dir_at_generation}`];
      const cookie = wiki.expected.cookies?.find(({ session_key }) =>
        theirs.some(({ file }) => file === session_key),
      );
      // Root may read all, as the server of the wiki.
      const who = () =>
        runOn(wiki, 'simulate', ...settings, '--cookie', `MOIN_SESSION=${cookie?.cookie_value}`);
      expect((await who()).out).toMatch(/^JaneDoe is logged in/);
      const dry = await runAs(wiki, command, '--user', user, '-n', ...settings);
      expect(dry.code, dry.err).toBe(0);
      // Of its values nothing is known.
      const asked = await runAs(wiki, command, '--user', user, '--has-key', 'trail', '-n', ...settings);
      expect(asked.code, asked.err).toBe(4);
      const unasked = await runAs(wiki, command, '--user', user, ...settings);
      expect(unasked.code, unasked.err).toBe(2);
      expect((await runAs(wiki, 'export', '--user', user, ...settings)).code).toBe(4);
      const { code, err } = await runAs(wiki, command, '--user', user, '--yes', ...settings);
      expect(code, err).toBe(0);
      expect((await who()).out).toMatch(/^nobody is logged in/);
      expect(files.map((path) => existsSync(path))).toEqual(files.map(() => command === 'expire'));
    },
  );

  it('whoever may read all hears nothing of it', async () => {
    const wiki = unpackWiki('1.9');
    const { code, err } = await runOn(wiki, 'purge', '--expired');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

/** Where the server of the moved wiki had its users. */
const OLD = '/old/wiki/data/user';

describe('a wiki of 1.6 that was moved', () => {
  function moved(): SampleWiki {
    const wiki = unpackWiki('1.6');
    for (const { file, user_id } of wiki.expected.ussc ?? []) {
      const name = createHash('sha1')
        .update(user_id + OLD)
        .digest('hex');
      renameSync(join(secretsDir(wiki), file), join(secretsDir(wiki), name));
    }
    return wiki;
  }

  it.each([
    ['expire', '--user', 'JaneDoe', '--yes'],
    ['purge', '--user', 'JaneDoe', '--yes'],
    ['list', '--user', 'JaneDoe'],
    ['stats', '--user', 'JaneDoe'],
  ])('%s %s is no success: exit 4, with the setting to give', async (...argv) => {
    const { code, err } = await runOn(moved(), ...argv);
    expect(code, err).toBe(4);
    expect(err).toMatch(/the owners of \d+ logins are not known, .* --wiki-config user_dir=DIR/);
  });

  it.each([OLD, `${OLD}/`])('with the setting %s it is done', async (dir) => {
    const { code, err, out } = await runOn(
      moved(),
      ...['expire', '--user', 'JaneDoe', '--yes', '--wiki-config', `user_dir=${dir}`],
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/^Ended \d+ session/);
  });

  it('their sessions are named by ?, which is no question', async () => {
    const { code, out } = await runOn(moved(), 'list', '--user-id', '?', '--format', 'count');
    expect(code).toBe(0);
    expect(Number(out)).toBeGreaterThan(5);
  });
});

it.each(['1.6', '1.9'] as const)(
  '%s: without the folder of the users one note says that ids are shown',
  async (layout) => {
    const wiki = unpackWiki(layout);
    rmSync(join(wiki.data, 'user'), { recursive: true });
    const { code, err } = await runOn(wiki, 'list');
    expect(code).toBe(0);
    expect(err).toBe(
      "moin-sessions: the folder of the wiki's users is not there, so ids stand for their names: give it with --wiki-config user_dir=PATH\n",
    );
  },
);
