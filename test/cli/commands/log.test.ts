import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AuditEntry, lineOf } from '../../../src/audit/entry.js';
import { DAY, HOUR } from '../../../src/base/clock.js';
import { entryIn } from '../../../src/cli/commands/log/entries.js';
import { LineSplitter } from '../../../src/cli/commands/log/line-splitter.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

/** A wait during which something happens. */
const overAfter = (happening: () => void) => async () => {
  happening();
  return 'over' as const;
};

let cwd: string;
let file: string;
beforeEach(() => {
  cwd = temporaryFolder();
  file = join(cwd, 'audit.log');
  configure({ audit: 'audit.log' });
});

function configure(options: object): void {
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(options));
}

const line = (ago: number, user: string, more: Partial<AuditEntry> = {}) =>
  lineOf({ at: new Date(NOW - ago), event: 'login', user, ...more });
const log = (...argv: string[]) => cli({ cwd }, 'log', ...argv);
const usersOf = (out: string) =>
  out
    .split('\n')
    .slice(0, -1)
    .map((row) => JSON.parse(row).user);

describe('log', () => {
  it('shows the newest entry last, with the time in UTC and who did it, at 80 characters', async () => {
    writeFileSync(
      file,
      line(DAY, 'alice', { address: '192.0.2.1' }) +
        line(HOUR, 'bob', { event: 'ended', by: 'olaf', as: 'root', reason: 'a lost laptop' }),
    );
    const { out, err } = await cli({ cwd, tty: true, env: { NO_COLOR: '1' } }, 'log');
    const [head, first, second] = out.split('\n');
    expect(head).toMatch(/^AT +EVENT +USER +BY +REASON/);
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}login +alice +192.0.2.1$/);
    expect(second).toMatch(/Z {2}ended +bob +olaf \(root\) +a lost laptop$/);
    for (const row of out.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
    expect(err).toBe('moin-sessions: --wide shows all columns, also session and command\n');
    const wide = await cli({ cwd, tty: true, env: { NO_COLOR: '1' } }, 'log', '--wide');
    expect(wide.out.slice(0, wide.out.indexOf('login'))).toMatch(/^AT .*USER ID .*COMMAND/s);
    for (const row of wide.out.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
    expect(wide.err).toBe('');
  });

  it('says once which neighbours it leaves out, because they are links or pipes', async () => {
    writeFileSync(file, line(HOUR, 'alice'));
    symlinkSync('/etc/hostname', `${file}.1`);
    execFileSync('mkfifo', [`${file}.2`]);
    const { code, out, err } = await log('--format', 'count');
    expect({ code, out }).toEqual({ code: 0, out: '1\n' });
    expect(err.match(/left out/g)).toHaveLength(1);
    for (const name of ['audit.log.1', 'audit.log.2']) expect(err).toContain(name);
  });

  it('stops in a compressed neighbour that grows without an end, and goes on with the log', async () => {
    writeFileSync(file, line(HOUR, 'alice'));
    const bomb = gzipSync(Buffer.concat([Buffer.from(line(DAY, 'bob')), Buffer.alloc(64 * 1024 * 1024)]));
    writeFileSync(`${file}.2.gz`, bomb);
    utimesSync(`${file}.2.gz`, NOW / 1000, NOW / 1000);
    const { out, err } = await log('--format', 'ndjson');
    expect(usersOf(out)).toEqual(['bob', 'alice']);
    expect(err).toMatch(/^moin-sessions: cannot read \S+audit\.log\.2\.gz to its end: .*16777216 bytes.*\n$/);
  });

  it('--user follows a user whom the directory knows through a rename; without the directory, the name', async () => {
    configure({ audit: 'audit.log', users: 'users.json' });
    const directory = new FileUserDirectory(join(cwd, 'users.json'));
    const { id } = await directory.add('alice', 'a long password');
    await directory.rename(id, 'alicia');
    writeFileSync(
      file,
      line(DAY, 'alice', { userId: id }) + line(HOUR, 'alicia', { userId: id }) + line(1, 'bob'),
    );
    expect(usersOf((await log('--user', 'alicia', '--format', 'ndjson')).out)).toEqual(['alice', 'alicia']);
    expect(usersOf((await log('--user', 'alice', '--format', 'ndjson')).out)).toEqual(['alice']);
    writeFileSync(join(cwd, 'users.json'), 'torn');
    const { out, err } = await log('--user', 'alicia', '--format', 'ndjson');
    expect(usersOf(out)).toEqual(['alicia']);
    expect(err).toContain('entries from before a rename are left out');
  });

  it('selects by time, user, event and session; user is a name, an id, or who acted as the user', async () => {
    writeFileSync(
      file,
      line(3 * DAY, 'alice', { id: 'abcd'.repeat(8) }) +
        line(2 * DAY, 'bob', { userId: 'u-alice', event: 'ended' }) +
        line(DAY, 'carol', { realUser: 'alice', event: 'setuid' }) +
        line(HOUR, 'dave', { event: 'login-failed' }),
    );
    const select = async (...argv: string[]) => usersOf((await log(...argv, '--format', 'ndjson')).out);
    expect(await select('--since', '25h')).toEqual(['carol', 'dave']);
    expect(await select('--until', '2d')).toEqual(['alice', 'bob']);
    expect(await select('--since', new Date(NOW - 2 * DAY).toISOString(), '--until', '-1d')).toEqual([
      'bob',
      'carol',
    ]);
    expect(await select('--user', 'alice')).toEqual(['alice', 'carol']);
    expect(await select('--user', 'u-alice', '--user', 'dave')).toEqual(['bob', 'dave']);
    expect(await select('--event', 'ended', '--event', 'setuid')).toEqual(['bob', 'carol']);
    expect(await select('--id', 'abcdab')).toEqual(['alice']);
    expect(await select('--limit', '2')).toEqual(['carol', 'dave']);
    expect((await log('--format', 'count', '--since', '25h')).out).toBe('2\n');
    expect((await log('--format', 'ids')).out).toBe(`${'abcd'.repeat(8)}\n`);
    expect(await log('--user', 'alice', '--since', '1m')).toMatchObject({
      code: 0,
      err: 'moin-sessions: no entry matches\n',
    });
    expect(await log('--user', 'alice', '--since', '1m', '--json')).toMatchObject({ code: 0, out: '[]\n' });
  });

  it('spec 7: a name that no entry, no session and no directory knows is exit 3; one of several is exit 4', async () => {
    configure({ audit: 'audit.log', users: 'users.json' });
    await new FileUserDirectory(join(cwd, 'users.json')).add('quiet', 'a long password');
    writeFileSync(file, line(HOUR, 'bob'));
    writeFileSync(`${file}.1`, line(9 * DAY, 'alice'));
    utimesSync(`${file}.1`, (NOW - 9 * DAY) / 1000, (NOW - 9 * DAY) / 1000);
    const store = await storeOf(sample('abcd', { user: 'carol' }));
    const about = (...argv: string[]) => cli({ cwd, store }, 'log', '--format', 'ndjson', ...argv);
    const nobody = await about('--user', 'nosuch');
    expect(nobody).toMatchObject({ code: 3, out: '' });
    expect(nobody.err).toBe(
      "moin-sessions: there is no entry and no session of a user 'nosuch', and no such user\n",
    );
    const some = await about('--user', 'nosuch', '--user', 'bob');
    expect({ code: some.code, users: usersOf(some.out) }).toEqual({ code: 4, users: ['bob'] });
    // In a rotated file before --since, in a session, in the directory.
    for (const known of ['alice', 'carol', 'quiet'])
      expect(await about('--user', known, '--since', '1d')).toMatchObject({ code: 0, out: '', err: '' });
    expect((await about('--user', 'bob', '--event', 'logout')).code).toBe(0);
  });

  it('spec 7: an id that no entry and no session has is exit 3, as a name is', async () => {
    writeFileSync(file, line(HOUR, 'bob', { id: `b0b0${'1'.repeat(28)}` }));
    writeFileSync(`${file}.1`, line(9 * DAY, 'alice', { id: `a1a1${'2'.repeat(28)}` }));
    utimesSync(`${file}.1`, (NOW - 9 * DAY) / 1000, (NOW - 9 * DAY) / 1000);
    const store = await storeOf(sample('abcd'));
    const about = (...argv: string[]) => cli({ cwd, store }, 'log', '--format', 'ndjson', ...argv);
    for (const id of ['1234', '12'])
      expect(await about('--id', id)).toMatchObject({
        code: 3,
        out: '',
        err: `moin-sessions: there is no entry and no session whose id begins with ${id}\n`,
      });
    // Filtered out, in a rotated file before --since, in a session.
    expect(await about('--id', 'b0b0', '--user', 'alice')).toMatchObject({ code: 0, out: '', err: '' });
    expect(await about('--id', 'b0', '--event', 'logout')).toMatchObject({ code: 0, out: '', err: '' });
    for (const id of ['a1a1', 'abcd', 'a'])
      expect(await about('--id', id, '--since', '1d')).toMatchObject({ code: 0, out: '', err: '' });
  });

  it('reads rotated files first, compressed ones too, and of two forms of one the plain one', async () => {
    const rotated = (name: string, text: string | Buffer, ago: number) => {
      writeFileSync(join(cwd, name), text);
      utimesSync(join(cwd, name), (NOW - ago) / 1000, (NOW - ago) / 1000);
    };
    rotated('audit.log-20300101.gz', gzipSync(line(9 * DAY, 'oldest')), 9 * DAY);
    rotated('audit.log.2.gz', gzipSync(line(3 * DAY, 'older')), 3 * DAY);
    rotated('audit.log.1', line(DAY, 'old'), DAY);
    rotated('audit.log.1.gz', 'half of a compressed file', DAY);
    rotated('audit.log.bak', line(DAY, 'somebody else’s'), DAY);
    writeFileSync(file, line(HOUR, 'new'));
    const all = await log('--format', 'ndjson');
    expect(usersOf(all.out)).toEqual(['oldest', 'older', 'old', 'new']);
    expect(all.err).toBe('');
    expect(usersOf((await log('--since', '4d', '--format', 'ndjson')).out)).toEqual(['older', 'old', 'new']);
    rotated('audit.log.2.gz', gzipSync(line(3 * DAY, 'older')).subarray(0, 60), 3 * DAY);
    const cut = await log('--format', 'ndjson');
    expect(cut.err).toMatch(/cannot read .*audit\.log\.2\.gz to its end/);
    expect(usersOf(cut.out)).toContain('new');
  });

  it('skips what is no entry, and counts it on stderr: torn, too long, of another form', async () => {
    const bad = [
      '{"at":"2026',
      '[]',
      '{"event":"login"}',
      '{"event":"login","at":"soon"}',
      `"${'x'.repeat(1e6)}"`,
    ];
    writeFileSync(file, `${line(2, 'a')}${bad.join('\n')}\n\n${line(1, 'b')}{"torn":`);
    const { code, out, err } = await log('--format', 'ndjson');
    expect(usersOf(out)).toEqual(['a', 'b']);
    expect({ code, err }).toEqual({ code: 0, err: 'moin-sessions: skipped 6 lines that are no entries\n' });
  });

  it('steers no terminal, whoever wrote the file', async () => {
    const hostile = JSON.stringify({
      at: new Date(NOW),
      event: '\u001b[2J',
      user: 'a\u202eb\u0007',
      pid: 'x',
    });
    writeFileSync(file, `${hostile}\n`);
    for (const argv of [[], ['--json'], ['--format', 'csv']])
      expect((await log(...argv)).out).not.toMatch(/(?![\r\n])[\p{Cc}\u202e]/u);
  });

  it('a table holds the newest thousand, and says of how many', async () => {
    writeFileSync(file, Array.from({ length: 1500 }, (_, n) => line(2000 - n, `u${n}`)).join(''));
    const { out, err } = await log('--fields', 'user');
    expect(out.split('\n').slice(1, 3)).toEqual(['u500', 'u501']);
    expect(err).toBe('moin-sessions: the newest 1,000 of 1,500 entries; --limit shows more\n');
    expect((await log('--format', 'csv', '--fields', 'user')).out.split('\r\n').length).toBe(1502);
  });

  it('--follow goes on with what comes: appended, in a new file after a rotation, after a truncation', async () => {
    writeFileSync(file, line(5, 'early'));
    const interrupt = new AbortController();
    const steps = [
      () => appendFileSync(file, line(4, 'appended').slice(0, 20)),
      () => appendFileSync(file, line(4, 'appended').slice(20)),
      () => {
        appendFileSync(file, line(3, 'last'));
        renameSync(file, `${file}.1`);
        writeFileSync(file, line(2, 'first of the next'));
      },
      () => truncateSync(file),
      () => appendFileSync(file, line(1, 'x')),
      () => interrupt.abort(),
    ];
    const world: World = { cwd, signal: interrupt.signal, wait: overAfter(() => steps.shift()?.()) };
    const { out, err } = await cli(world, 'log', '--follow', '--format', 'ndjson');
    expect(usersOf(out)).toEqual(['early', 'appended', 'last', 'first of the next', 'x']);
    expect(err).toBe('');
  });

  it('--follow as a table has one line for each, no wider than the terminal, and begins with the newest ten', async () => {
    writeFileSync(file, Array.from({ length: 20 }, (_, n) => line(20 - n, `田中${n}`)).join(''));
    const interrupt = new AbortController();
    const world: World = {
      cwd,
      tty: true,
      signal: interrupt.signal,
      wait: overAfter(() => interrupt.abort()),
    };
    const { out } = await cli(world, 'log', '-f');
    expect(out.split('\n').length).toBe(12);
    expect(out.split('\n')[1]).toContain('田中10');
    for (const row of out.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
  });

  it.each([
    [{}, [], /this site keeps no audit log: name a file in the option 'audit'/],
    [{ audit: 'syslog' }, [], /journalctl -t moin-sessions/],
    [{ audit: 'audit.log' }, ['--follow', '--json'], /--follow never ends: use --format ndjson/],
    [{ audit: 'audit.log' }, ['--event', 'hatter'], /there is no such event: choose from login,/],
    [{ audit: 'audit.log' }, ['--id', 'xyz'], /--id takes the beginning of a session id/],
    [{ audit: 'audit.log' }, ['--since', 'tea'], /'tea' is not a time/],
  ])('%o %s is wrong usage or configuration, with the remedy', async (options, argv, message) => {
    configure(options);
    const { code, out, err } = await log(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('a log that nobody has written to yet is empty; a folder in its place is an error', async () => {
    expect(await log()).toMatchObject({ code: 0, out: '', err: 'moin-sessions: no entry matches\n' });
    mkdirSync(file);
    expect(await log()).toMatchObject({ code: 1, err: expect.stringContaining('cannot read the audit log') });
  });

  it('cuts lines as they are, wherever the pieces end, and reads back every entry', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), (names, size) => {
        const bytes = Buffer.from(names.map((name) => line(1, name)).join(''));
        const splitter = new LineSplitter();
        const found: (string | null)[] = [];
        for (let from = 0; from < bytes.length; from += size)
          found.push(...splitter.add(bytes.subarray(from, from + size)));
        expect(splitter.end()).toBeUndefined();
        expect(found.map((text) => `${text}\n`).join('')).toBe(bytes.toString());
        for (const text of found) expect(entryIn(text)?.at.getTime()).toBe(NOW - 1);
      }),
    );
  });
});
