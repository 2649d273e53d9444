import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { tinyFileSystem } from '../store/file/tiny-file-system.js';
import { CHEAP, directoryAt } from './user-file.js';

/** The text of a user file with these users in it, whose passwords are their names. */
async function usersNamed(...names: string[]): Promise<{ text: string }> {
  const path = join(temporaryFolder(), 'users.json');
  const directory = directoryAt(path);
  for (const name of names) await directory.add(name, name);
  return { text: readFileSync(path, 'utf8') };
}

/** A mounted secret, as Kubernetes lays it out: users.json -> ..data/users.json, and ..data -> ..VERSION. */
function mountedSecret(text: string) {
  const folder = join(temporaryFolder(), 'secret');
  mkdirSync(folder);
  let version = 0;
  const swap = (next: string) => {
    const name = `..2026_${++version}`;
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'users.json'), next);
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    rmSync(join(folder, `..2026_${version - 1}`), { recursive: true, force: true });
  };
  swap(text);
  const path = join(folder, 'users.json');
  symlinkSync(join('..data', 'users.json'), path);
  return { folder, path, swap };
}

/** A clock so late that every file looks settled: what was read is kept. */
const later = () => Date.now() + HOUR;

describe('a user file that is a link, as in a mounted secret', () => {
  it('is read, and each swap of what it leads to is noticed', async () => {
    const { path, swap } = mountedSecret((await usersNamed('alice')).text);
    const directory = directoryAt(path, { clock: later });
    const alice = await directory.findByName('alice');
    expect(await directory.verifyPassword(alice, 'alice')).toBe(true);
    expect(await directory.findByName('carol')).toBeNull();
    swap((await usersNamed('carol')).text);
    expect(await directory.findByName('alice')).toBeNull();
    expect(await directory.findByName('carol')).not.toBeNull();
  });

  it('notices a link that was turned to another file, older and as large', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'users.json');
    for (const name of ['bob', 'eve'])
      writeFileSync(join(folder, `${name}.json`), (await usersNamed(name)).text);
    symlinkSync('eve.json', path);
    const directory = directoryAt(path, { clock: later });
    expect(await directory.findByName('eve')).not.toBeNull();
    rmSync(path);
    symlinkSync('bob.json', path);
    expect(await directory.findByName('eve')).toBeNull();
    expect(await directory.findByName('bob')).not.toBeNull();
  });

  it('is read once as long as nothing changes', async () => {
    const { path } = mountedSecret((await usersNamed('alice')).text);
    const directory = directoryAt(path, { clock: later });
    await directory.findByName('alice');
    const parse = vi.spyOn(JSON, 'parse');
    await directory.findByName('alice');
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('is not written: one line says where to change it, and nothing is left beside it', async () => {
    const { path, folder } = mountedSecret((await usersNamed('alice')).text);
    const before = readdirSync(folder);
    const directory = directoryAt(path);
    for (const change of [
      () => directory.add('bob', 'secret'),
      () => directory.setPassword('alice', 'other'),
      () => directory.setDisabled('alice', true),
    ])
      await expect(change()).rejects.toThrow(
        /^cannot write the user directory .+: it is a symbolic link, as in a mounted secret; change .+$/,
      );
    expect(readdirSync(folder)).toEqual(before);
  });

  it('a login whose hash could be renewed goes on, and warns once', async () => {
    const { path } = mountedSecret((await usersNamed('alice')).text);
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const directory = directoryAt(path, { scrypt: { ...CHEAP, cost: 4 } });
    const alice = await directory.findByName('alice');
    for (let n = 0; n < 3; n++) expect(await directory.verifyPassword(alice, 'alice')).toBe(true);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/could not be renewed: .+it is a symbolic link/)],
    ]);
    warn.mockRestore();
  });

  it('S3: a link to nothing is a fault with a remedy, and nobody is taken to be gone', async () => {
    const { path, folder } = mountedSecret((await usersNamed('alice')).text);
    const directory = directoryAt(path, { clock: later });
    await directory.findByName('alice');
    rmSync(join(folder, '..data'));
    await expect(directory.findById('x')).rejects.toThrow(/a symbolic link that leads nowhere: restore/);
  });
});

describe('a user file on a read-only file system', () => {
  it('lets users log in, warns once of hashes to renew, and names the remedy of a change', async (context) => {
    const disk = tinyFileSystem('size=256k');
    need(context, disk.missing);
    const path = join(disk.dir, 'users.json');
    writeFileSync(path, (await usersNamed('alice')).text);
    disk.remount('ro');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const directory = directoryAt(path, { scrypt: { ...CHEAP, cost: 4 } });
    const alice = await directory.findByName('alice');
    for (let n = 0; n < 2; n++) expect(await directory.verifyPassword(alice, 'alice')).toBe(true);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/could not be renewed: .+read-only file sys/)]]);
    warn.mockRestore();
    await expect(directory.add('bob', 'secret')).rejects.toThrow(
      /^cannot write the user directory .+read-only file system, as a mounted secret: change it at its source/,
    );
    await expect(directoryAt(join(disk.dir, 'new', 'users.json')).add('bob', 'secret')).rejects.toThrow(
      /read-only file system/,
    );
  });
});
