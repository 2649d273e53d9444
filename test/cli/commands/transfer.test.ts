import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { StoreError } from '../../../src/base/errors.js';
import { ExportFile } from '../../../src/session/admin/transfer/export-file.js';
import { tombstoneOf } from '../../../src/session/lifecycle/ended.js';
import { createSessions } from '../../../src/sessions.js';
import { FileStore } from '../../../src/store/file/store.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { Browser } from '../../aid/browser.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { all, idsIn, NOW, sample, storeOf } from '../../aid/records.js';
import { TestUsers } from '../../aid/users.js';

const over = { cookieExpires: NOW - 9e6 };
const idOf = (digits: string) => sample(digits).id;

let cwd: string;
let store: MemoryStore;
let target: MemoryStore;
beforeEach(async () => {
  cwd = temporaryFolder();
  store = await storeOf(
    sample('aaaa', { data: { cart: ['\u202e', 'Zoë'] }, revision: 7 }),
    sample('bbbb', { user: 'bob', ended: { at: NOW, by: 'administrator', reason: 'spam' } }),
    sample('cccc', { user: null }),
    sample('dddd', over),
  );
  target = new MemoryStore();
});

const exported = (argv: string[] = [], world: World = {}) => cli({ cwd, store, ...world }, 'export', ...argv);
const imported = (argv: string[] = [], world: World = {}) =>
  cli({ cwd, store: target, ...world }, 'import', 'x.ndjson', ...argv);
const file = () => join(cwd, 'x.ndjson');
const lines = () =>
  readFileSync(file(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Makes the site keep an audit log. */
const configure = () => writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"audit": "audit.log"}');
const audited = () =>
  readFileSync(join(cwd, 'audit.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Writes the file. */
async function save(argv: string[] = []): Promise<void> {
  const { code, err } = await exported(['--output', 'x.ndjson', '--yes', ...argv]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

describe('spec 7: export', () => {
  it('writes a first line, whole records, and a last line with counts and digest', async () => {
    await save();
    const [head, ...rest] = lines();
    expect(head).toEqual({
      format: 'moin-sessions-export',
      version: 1,
      exported: '2026-05-01T12:00:00.000Z',
    });
    expect(rest.slice(0, -1)).toEqual(
      await Promise.all(
        ['aaaa', 'bbbb', 'cccc'].map(async (id) => ({ session: await store.find(idOf(id)) })),
      ),
    );
    expect(rest.at(-1)).toEqual({
      end: { sessions: 3, ended: 0, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('to a file: mode 0600, and says what it holds; to stdout: the same bytes, and nothing else', async () => {
    const { out } = await exported(['--output', 'x.ndjson']);
    expect(out).toMatch(
      new RegExp(`^Exported 3 sessions \\([\\d.]+ k?B\\) to ${file()}, 1 expired and left out\\.\\n$`),
    );
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd)).toEqual(['x.ndjson']);
    expect(await exported()).toMatchObject({ out: readFileSync(file(), 'utf8'), err: '', code: 0 });
  });

  it('reports the same as JSON, ids are not its business, count counts', async () => {
    const { out } = await exported(['--output', 'x.ndjson', '--json']);
    expect(JSON.parse(out)).toEqual({
      matched: 4,
      exported: 3,
      expired: 1,
      failed: 0,
      ended: 0,
      bytes: statSync(file()).size,
    });
    expect((await exported(['--output', 'y.ndjson', '--format', 'count'])).out).toBe('3\n');
    expect((await exported(['--output', 'z.ndjson', '--format', 'ids'])).code).toBe(2);
  });

  it.each<[string[], string[]]>([
    [['--user', 'alice'], ['aaaa']],
    [['--anonymous'], ['cccc']],
    [['--expired'], ['bbbb', 'dddd']],
  ])('takes the filters of list: %j', async (filters, expected) => {
    await save(filters);
    const found = lines().flatMap(({ session }) => (session ? [session.id] : []));
    expect(found).toEqual(expected.map(idOf));
  });

  it('I2: without filters it says which sessions ended within the last hour', async () => {
    await store.delete(idOf('cccc'), { tombstone: tombstoneOf('logout', NOW) });
    await store.delete(idOf('eeee'), { tombstone: tombstoneOf('logout', NOW - 2 * HOUR) });
    await save();
    expect(lines().filter(({ tombstone }) => tombstone)).toEqual([
      { id: idOf('cccc'), tombstone: tombstoneOf('logout', NOW) },
    ]);
    await save(['--logged-in']);
    expect(lines().filter(({ tombstone }) => tombstone)).toEqual([]);
  });

  it('I4: an unreadable record is named, and left out: exit 4, and a whole file', async () => {
    store.putBytes(idOf('ffff'), '{');
    const { code, err } = await exported(['--output', 'x.ndjson']);
    expect(code).toBe(4);
    expect(err).toMatch(
      /session ffff0+ is unreadable, and left out: .*\n.*1 of 5 sessions could not be read/,
    );
    expect((await imported()).code).toBe(0);
  });

  it('is safe on a terminal: no control character is in it', async () => {
    const { out } = await exported();
    expect(out).toContain('\\u202e');
    expect(out).not.toContain('\u202e');
  });

  it.each<[string[], World, RegExp]>([
    [['--format', 'csv'], {}, /an export is NDJSON/],
    [['--fields', 'id'], {}, /whole records/],
    [[], { tty: true }, /an export is for a file/],
    [['--output', '.'], {}, /is no file/],
  ])('%j is a usage error', async (argv, world, message) => {
    const { code, out, err } = await exported(argv, world);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('a file that is there is replaced only by a yes, and a link is not followed', async () => {
    writeFileSync(file(), 'old');
    expect(await exported(['--output', 'x.ndjson'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--yes/),
    });
    const asking = { tty: true, answers: [false] };
    expect(await exported(['--output', 'x.ndjson'], asking)).toMatchObject({
      code: 1,
      asked: [expect.any(String)],
    });
    expect(readFileSync(file(), 'utf8')).toBe('old');
    symlinkSync('x.ndjson', join(cwd, 'link'));
    expect((await exported(['--output', 'link', '--yes'])).code).toBe(2);
    expect((await exported(['--output', 'x.ndjson', '--yes'])).code).toBe(0);
    expect(lines()).toHaveLength(5);
  });

  it('a store that fails leaves the file of before, and nothing beside it', async () => {
    writeFileSync(file(), 'old');
    store.scan = async function* () {
      yield* [];
      throw new Error('out of order');
    };
    expect((await exported(['--output', 'x.ndjson', '--yes'])).code).toBe(1);
    expect(readdirSync(cwd)).toEqual(['x.ndjson']);
    expect(readFileSync(file(), 'utf8')).toBe('old');
  });

  it('an unknown user: exit 3, and no file', async () => {
    expect((await exported(['--user', 'zoe', '--output', 'x.ndjson'])).code).toBe(3);
    expect(existsSync(file())).toBe(false);
  });
});

describe('spec 7: import', () => {
  it('brings the sessions as they were, ended ones as well, and checks them', async () => {
    await save();
    const { code, out, err } = await imported();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^Imported 3 sessions \([\d.]+ k?B\) into memory:\.\nChecked: memory: has 3 sessions of the file\.\nThe secret is not in the file: [^\n]+\n$/,
    );
    for (const id of ['aaaa', 'bbbb', 'cccc'])
      expect(await target.find(idOf(id))).toEqual(await store.find(idOf(id)));
  });

  it('again, it changes nothing, and says nothing of secrets', async () => {
    await save();
    await imported();
    expect((await imported(['--yes'])).out).not.toContain('secret');
    const before = await all(target.scan());
    for (const which of ['skip', 'replace', 'newer']) {
      const { out } = await imported(['--yes', '--json', '--on-conflict', which]);
      expect(JSON.parse(out)).toMatchObject({ matched: 3, copied: 0, replaced: 0, skipped: 3, verified: 3 });
    }
    expect(await all(target.scan())).toEqual(before);
  });

  it('after an interruption, the same command goes on', async () => {
    await save();
    const signal = new AbortController();
    const create = target.create.bind(target);
    target.create = async (record) => {
      signal.abort();
      return create(record);
    };
    expect((await imported([], { signal: signal.signal })).code).toBe(130);
    target.create = create;
    expect((await imported(['--yes'])).code).toBe(0);
    expect(await idsIn(target.scan())).toEqual(['aaaa', 'bbbb', 'cccc'].map(idOf));
  });

  it.each<[string, number, string]>([
    ['newer', NOW - HOUR, 'alice'],
    ['newer', NOW + 1, 'other'],
    ['skip', NOW - HOUR, 'other'],
    ['replace', NOW + 1, 'alice'],
  ])('--on-conflict %s, over one seen at %d: %s stays', async (which, seen, name) => {
    await save();
    await target.create(sample('aaaa', { user: 'other', seen }));
    await imported(['--yes', '--on-conflict', which]);
    expect((await target.find(idOf('aaaa')))?.user?.name).toBe(name);
  });

  it('I2: what ended where the file comes from ends here, and a late save does not bring it back', async () => {
    await store.delete(idOf('cccc'), { tombstone: tombstoneOf('logout', NOW) });
    await save();
    await target.create(sample('cccc', { user: null }));
    expect((await imported(['-n'])).out).toContain('Would end 1 session there.\n');
    expect((await imported(['-y'])).out).toContain('Ended 1 session there.\n');
    expect(await target.find(idOf('cccc'))).toBeNull();
    expect(await target.create(sample('cccc', { user: null, seen: NOW - 1 }))).toBe('gone');
  });

  it('I2: a session that is in the file, and ended while it was written, is open at no moment', async () => {
    const scan = store.scan.bind(store);
    store.scan = async function* () {
      yield* scan();
      await store.delete(idOf('cccc'), { tombstone: tombstoneOf('logout', NOW) });
    };
    await save();
    expect(lines().flatMap(({ session, id }) => session?.id ?? id ?? [])).toContain(idOf('cccc'));
    const created: string[] = [];
    const create = target.create.bind(target);
    target.create = async (record) => {
      const outcome = await create(record);
      if (outcome === 'created') created.push(record.id);
      return outcome;
    };
    expect((await imported()).code).toBe(0);
    expect(created).toEqual(['aaaa', 'bbbb'].map(idOf));
  });

  it('what has ended here stays so, and what has expired since is left out', async () => {
    await save();
    await target.delete(idOf('cccc'), { tombstone: tombstoneOf('logout', NOW) });
    const { out } = await imported(['--json'], { clock: () => NOW + 3 * HOUR });
    expect(JSON.parse(out)).toMatchObject({ copied: 1, expired: 2, skipped: 0, verified: 1 });
    expect(await target.find(idOf('cccc'))).toBeNull();
  });

  it('--dry-run writes nothing, and opens the store for reading', async () => {
    await save();
    const { out, opened } = await imported(['--dry-run']);
    expect(out).toMatch(
      /^Would import 3 sessions \([\d.]+ k?B\) into memory:\.\nThe secret is not in the file: [^\n]+\n$/,
    );
    expect(opened).toMatchObject([{ readOnly: true, mustExist: false }]);
    expect(await idsIn(target.scan())).toEqual([]);
  });

  it('into a store that holds sessions: asks on a terminal, and elsewhere needs --yes', async () => {
    await save();
    await target.create(sample('9999'));
    expect(await imported()).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    const asking = { tty: true, answers: [false] };
    expect(await imported([], asking)).toMatchObject({
      code: 1,
      asked: ['memory: holds sessions. Import 3 into it?'],
    });
    expect(await idsIn(target.scan())).toEqual([idOf('9999')]);
  });

  it('Ctrl-C says how far it is, and the audit log has what was imported', async () => {
    await save();
    configure();
    const interrupt = new AbortController();
    const create = target.create.bind(target);
    let made = 0;
    target.create = async (record) => {
      const outcome = await create(record);
      made += 1;
      if (made === 3) interrupt.abort();
      return outcome;
    };
    const { err } = await imported([], { signal: interrupt.signal });
    const [, count = ''] = /Interrupted: imported at least (\d) of 3 sessions/.exec(err) ?? [];
    expect(audited()).toMatchObject([
      { event: 'imported', reason: 'begun' },
      { event: 'imported', count: Number(count), reason: 'interrupted' },
    ]);
  });

  it('a signal gets its turn while a long file is read', async () => {
    store = await storeOf(sample('aaaa', { data: { text: 'x'.repeat(1_000_000) } }));
    await save();
    const fd = openSync(file(), 'r');
    onTestFinished(() => closeSync(fd));
    const content = new ExportFile(fd, 'x.ndjson');
    let turns = 0;
    const turn = () => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await content.check();
    expect(turns).toBeGreaterThan(1);
    const before = turns;
    expect(await all(content.items())).toHaveLength(1);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(before + 1);
  });

  it.each([
    ['import', 'imported', 3],
    ['export', 'exported', 3],
    ['copy', 'copied', 3],
    ['purge', 'purged', 4],
  ])('spec 7: %s notes in the audit log that it begins, and how many', async (command, event, count) => {
    await save();
    configure();
    const argv = {
      import: ['import', 'x.ndjson', '--yes', '--on-conflict', 'replace'],
      export: ['export', '--output', 'y.ndjson'],
      copy: ['copy', '--to', 'elsewhere'],
      purge: ['purge', '--all', '--yes'],
    }[command] as string[];
    const world =
      command === 'import'
        ? { store: target }
        : { store, stores: { elsewhere: new FileStore(join(cwd, 'there')) } };
    const { code, err } = await cli({ cwd, ...world }, ...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = audited().filter((line) => line.event === event);
    expect(lines).toMatchObject([
      { reason: 'begun', command: expect.stringContaining(command) },
      { event, count },
    ]);
  });

  it('an import whose store fails leaves a line that says how far it came', async () => {
    await save();
    configure();
    target.create = async () => {
      throw new StoreError('the disk is full', { cause: Object.assign(new Error(), { code: 'ENOSPC' }) });
    };
    expect((await imported()).code).toBe(1);
    expect(audited().at(-1)).toMatchObject({ event: 'imported', count: 0, reason: 'failed' });
  });

  it('a purge that removes nothing says so in the audit log; a dry run leaves no line', async () => {
    configure();
    await cli({ cwd, store: new MemoryStore() }, 'purge', '--expired', '--dry-run');
    expect(existsSync(join(cwd, 'audit.log'))).toBe(false);
    await cli({ cwd, store: new MemoryStore() }, 'purge', '--expired');
    expect(audited()).toMatchObject([{ reason: 'begun' }, { event: 'purged', count: 0 }]);
  });

  it('--format ids and count name what was imported', async () => {
    await save();
    expect((await imported(['-n', '--format', 'ids'])).out).toBe(
      `${['aaaa', 'bbbb', 'cccc'].map(idOf).join('\n')}\n`,
    );
    expect((await imported(['--format', 'count'])).out).toBe('3\n');
  });

  it('a session that the store loses: exit 4', async () => {
    await save();
    const create = target.create.bind(target);
    target.create = async (record) => {
      const outcome = await create(record);
      if (record.id === idOf('aaaa')) await target.delete(record.id);
      return outcome;
    };
    expect(await imported()).toMatchObject({ code: 4, err: expect.stringContaining('does not have it') });
  });

  it('a browser with its cookie is still logged in, where the secret is the same', async () => {
    const site = (of: MemoryStore) =>
      createSessions({ store: of, users: new TestUsers(), secrets: 's'.repeat(32), clock: () => NOW });
    const browser = new Browser(site(store));
    await browser.logIn('alice');
    await save();
    await imported();
    const moved = new Browser(site(target), browser.jar);
    expect((await moved.begin()).user?.name).toBe('alice');
  });
});

describe('spec 7: a file that is no whole export is noticed before anything is written', () => {
  beforeEach(() => save());

  async function refusal(message: RegExp): Promise<void> {
    const { code, out, err } = await imported(['--yes']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^[^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await idsIn(target.scan())).toEqual([]);
  }
  const change = (from: string | RegExp, to: string) =>
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(from, to));

  it('cut at any byte', async () => {
    const whole = readFileSync(file());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 2 }), async (length) => {
        writeFileSync(file(), whole.subarray(0, length));
        expect((await imported(['--yes'])).code).toBe(1);
        expect(await idsIn(target.scan())).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('any byte changed', async () => {
    const whole = readFileSync(file());
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ by;
        writeFileSync(file(), changed);
        const { code, err } = await imported(['--yes']);
        // Time of the export alone, or the spelling of the last line, may differ without harm.
        if (code === 0) expect(whole.lastIndexOf('\n', whole.length - 2)).toBeLessThan(at);
        else expect(err).toMatch(/^moin-sessions: x\.ndjson[:\d]*: [^\n]+\n$/);
      }),
      { numRuns: 100 },
    );
  });

  it('empty', async () => {
    truncateSync(file());
    await refusal(/cut or changed/);
  });

  it('a line that was left out, or that is there twice', async () => {
    const all = readFileSync(file(), 'utf8').split('\n');
    writeFileSync(file(), all.toSpliced(2, 1).join('\n'));
    await refusal(/cut or changed/);
    writeFileSync(file(), all.toSpliced(2, 0, all[1] as string).join('\n'));
    await refusal(/x\.ndjson:3: this session is in the file twice/);
  });

  it('a line longer than any session, by the name of the file and its number', async () => {
    writeFileSync(file(), `${readFileSync(file(), 'utf8').split('\n')[0]}\n`);
    truncateSync(file(), 257 * 1024 * 1024);
    await refusal(/x\.ndjson:2: the line is longer than 256 MB.+export/);
  });

  it('something behind the last line', async () => {
    appendFileSync(file(), '{"session":{}}\n');
    await refusal(/comes after the last line/);
  });

  it('another format, or a newer version', async () => {
    change('moin-sessions-export', 'other');
    await refusal(/no export of sessions/);
    await save();
    change('"version":1', '"version":2');
    await refusal(/newer than 1.*upgrade moin-sessions/);
  });

  it('a record that no store would take: the line and the flaw, and no data', async () => {
    change('"kind":"user"', '"kind":"root"');
    await refusal(/x\.ndjson:2: 'kind' is neither user nor anonymous/);
    await save();
    change(/"id":"a{4}0+"/, '"id":"../../etc/passwd"');
    await refusal(/x\.ndjson:2: it names no session/);
  });

  it('no file: exit 2, and why stdin is none', async () => {
    mkdirSync(join(cwd, 'd'));
    for (const [name, message] of [
      ['-', /takes no stdin: save it first/],
      ['none', /cannot read none \(ENOENT\)/],
      ['d', /is no file/],
    ] as const) {
      const { code, err } = await cli({ cwd, store: target }, 'import', name);
      expect(code).toBe(2);
      expect(err).toMatch(message);
    }
  });

  it('gzip: exit 2, and what to do', async () => {
    writeFileSync(file(), gzipSync(readFileSync(file())));
    expect(await imported()).toMatchObject({
      code: 2,
      err: 'moin-sessions: x.ndjson is compressed: gunzip it first\n',
    });
  });

  it('a file that changes while it is imported: exit 1, how many came, and the audit log knows', async () => {
    writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"audit": "audit.log"}');
    const create = target.create.bind(target);
    target.create = async (record) => {
      appendFileSync(file(), '\n');
      return create(record);
    };
    const { code, err } = await imported();
    expect(code).toBe(1);
    expect(err).toMatch(
      /has changed meanwhile: import it again when it is at rest; until then 3 of 3 sessions came into memory:/,
    );
    expect(audited().at(-1)).toMatchObject({ event: 'imported', count: 3, reason: 'failed' });
  });

  it('another whole file written over it meanwhile: none of its sessions comes in unchecked', async () => {
    const many = (letter: string) =>
      Array.from({ length: 1200 }, (_, n) =>
        sample(`${letter}${n.toString(16).padStart(4, '0')}`, { data: { text: 'x'.repeat(400) } }),
      );
    store = await storeOf(...many('b'));
    await save();
    const other = readFileSync(file());
    store = await storeOf(...many('a'));
    await save();
    const create = target.create.bind(target);
    let isChanged = false;
    target.create = async (record) => {
      if (!isChanged) writeFileSync(file(), other, { flag: 'r+' });
      isChanged = true;
      return create(record);
    };
    const { code, err } = await imported();
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('has changed meanwhile') });
    const there = await idsIn(target.scan());
    expect(there.length).toBeGreaterThan(0);
    expect(there.filter((id) => !id.startsWith('a'))).toEqual([]);
  });
});
