import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lineOf } from '../../src/audit/entry.js';
import { AuditFile } from '../../src/audit/file.js';
import { AuditTrail } from '../../src/audit/trail.js';
import { StoreError } from '../../src/base/errors.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { APP, as, notRoot, ownershipOf, STRANGER } from '../aid/ownership.js';
import { START } from '../aid/site.js';

let folder: string;
let path: string;
let log: AuditFile;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'audit.log');
  log = new AuditFile(path);
  return () => log.close();
});

const text = (file = path) => readFileSync(file, 'utf8');

function faultOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

describe('an audit log in a file', () => {
  it('is made with mode 0600 at the first line, and grows by whole lines', () => {
    log.write('{"a":1}\n');
    log.write('{"a":2}\n');
    expect(text()).toBe('{"a":1}\n{"a":2}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps what is there, and the mode that its owner gave it', () => {
    writeFileSync(path, 'before\n');
    chmodSync(path, 0o640);
    log.write('after\n');
    expect(text()).toBe('before\nafter\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('begins a line of its own after one that a full disk has cut', () => {
    writeFileSync(path, 'whole\n{"torn":');
    log.write('next\n');
    expect(text()).toBe('whole\n{"torn":\nnext\n');
    appendFileSync(path, 'torn again');
    log.write('last\n');
    expect(text()).toBe('whole\n{"torn":\nnext\ntorn again\nlast\n');
  });

  it('goes on in a new file after a rotation by rename, also where another process has made it', () => {
    log.write('1\n');
    renameSync(path, `${path}.1`);
    log.write('2\n');
    renameSync(path, `${path}.2`);
    writeFileSync(path, '', { mode: 0o600 });
    log.write('3\n');
    expect([text(`${path}.1`), text(`${path}.2`), text()]).toEqual(['1\n', '2\n', '3\n']);
  });

  it('goes on at the beginning after copytruncate, and in a new file after a removal', () => {
    log.write('first\n');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    log.write('2\n');
    expect(text()).toBe('2\n');
    rmSync(path);
    log.write('3\n');
    expect(text()).toBe('3\n');
  });

  it.each([
    ['a folder that is not there', () => rmSync(folder, { recursive: true }), /its folder does not exist/],
    ['a folder in its place', () => mkdirSync(path), /it is a folder: name a file in it/],
    ['a link', () => symlinkSync(join(folder, 'elsewhere'), path), /a symbolic link/],
  ])('refuses %s, with the remedy in one line', (_what, plant, message) => {
    plant();
    expect(faultOf(() => log.open())).toMatch(message);
    expect(faultOf(() => log.write('lost\n'))).toMatch(message);
    expect(faultOf(() => log.write('lost\n'))).not.toContain('\n');
  });

  it('as root: what it makes belongs to the owner of the folder, who writes it, too', async (context) => {
    need(context, notRoot);
    chownSync(folder, APP, APP);
    log.write('of root\n');
    expect(ownershipOf(path)).toBe(`600 ${APP}:${APP}`);
    const theirs = new AuditFile(path);
    await as(APP, APP, async () => theirs.write('of the server\n'));
    await theirs.close();
    expect(text()).toBe('of root\nof the server\n');
  });

  it('as root: the owner of the folder leads it to no other file, by a hard link, an owner or a folder', (context) => {
    need(context, notRoot);
    chownSync(folder, APP, APP);
    const secret = join(temporaryFolder(), 'secret');
    writeFileSync(secret, 'precious');
    linkSync(secret, path);
    expect(faultOf(() => log.write('x\n'))).toMatch(/a second name \(a hard link\)/);
    rmSync(path);
    writeFileSync(path, '');
    chownSync(path, STRANGER, STRANGER);
    expect(faultOf(() => log.write('x\n'))).toMatch(/neither root nor the owner of its folder/);
    const link = join(folder, 'link');
    symlinkSync(temporaryFolder(), link);
    lchownSync(link, APP, APP);
    expect(faultOf(() => new AuditFile(join(link, 'audit.log')).write('x\n'))).toMatch(/a symbolic link/);
    expect(text(secret)).toBe('precious');
  });
});

describe('the trail of a running site', () => {
  it('counts what it cannot write, warns once for each streak, and notes afterwards how many are missing', () => {
    const warning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const trail = new AuditTrail(
      () => log,
      () => START,
    );
    const login = { at: new Date(START), event: 'login', user: 'alice' } as const;
    for (let streak = 0; streak < 2; streak++) {
      trail.note(login);
      renameSync(folder, `${folder}.away`);
      for (let n = 0; n < 3; n++) trail.note(login);
      renameSync(`${folder}.away`, folder);
    }
    trail.note(login);
    const entries = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map(({ event, count }) => [event, count])).toEqual([
      ['login', undefined],
      ['lost', 3],
      ['login', undefined],
      ['lost', 3],
      ['login', undefined],
    ]);
    expect(warning.mock.calls.map(([message]) => String(message))).toEqual([
      expect.stringMatching(/^cannot write the audit log .*entries are lost$/),
      expect.stringMatching(/is written again; 3 entries are missing in it$/),
      expect.stringMatching(/^cannot write the audit log .*entries are lost$/),
      expect.stringMatching(/is written again; 3 entries are missing in it$/),
    ]);
    warning.mockRestore();
  });

  it('makes one bounded line of any texts, which is JSON and steers no terminal', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 1500 });
    fc.assert(
      fc.property(texts, texts, texts, (user, command, reason) => {
        const line = lineOf({ at: new Date(START), event: 'ended', user, command, reason });
        expect(line.length).toBeLessThan(16 * 1024);
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
        const { user: kept } = JSON.parse(line) as { user: string };
        expect([...kept].length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 30 },
    );
  });
});
