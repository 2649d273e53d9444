import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { need } from '../aid/need.js';
import { APP, as, notRoot, ownershipOf, STRANGER } from '../aid/ownership.js';
import { directoryAt, namesIn, place } from './user-file.js';

/** A user file with alice in it, that has this owner, group and mode. */
async function userFile(path: string, uid: number, gid: number, mode: number): Promise<void> {
  await directoryAt(path).add('alice', 'secret');
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

describe('spec 6: owner, group and mode of the user file stay as they were', () => {
  it.for([
    ['0640 root:app in a folder of root, as a package installs it', 0, 0, APP, 0o640],
    ['0640 root:app in a folder of app', APP, 0, APP, 0o640],
    ['0600 app:app in a folder of root', 0, APP, APP, 0o600],
    ['0600 bob:bob in a folder of app', APP, STRANGER, STRANGER, 0o600],
    ['0644 app:app', APP, APP, APP, 0o644],
    ['0400 app:app', APP, APP, APP, 0o400],
  ] as const)('root changes %s: whoever could read it still can, and nobody else', async (row, context) => {
    need(context, notRoot);
    const [, folderOf, uid, gid, mode] = row;
    const { path, folder } = place(folderOf);
    await userFile(path, uid, gid, mode);
    const before = ownershipOf(path);
    const directory = directoryAt(path);
    await directory.add('bob', 'secret');
    expect(ownershipOf(path)).toBe(before);
    await directory.setPassword('alice', 'other');
    await directory.setDisabled('bob', true);
    expect(ownershipOf(path)).toBe(before);
    expect(namesIn(path)).toEqual(['alice', 'bob']);
    expect(readdirSync(folder).sort()).toEqual(['users.json', 'users.json.lock']);
  });

  it('a setuid bit is not handed on', async (context) => {
    need(context, notRoot);
    const { path } = place(APP);
    await userFile(path, APP, APP, 0o600);
    chmodSync(path, 0o6755);
    await directoryAt(path).setDisabled('alice', true);
    expect(ownershipOf(path)).toBe(`755 ${APP}:${APP}`);
  });

  it('a new file that root makes is 0600, of the owner of the folder', async (context) => {
    need(context, notRoot);
    const { path } = place(APP);
    await directoryAt(path).add('alice', 'secret');
    expect(ownershipOf(path)).toBe(`600 ${APP}:${APP}`);
  });

  it('the owner of the file can lock it after root did', async (context) => {
    need(context, notRoot);
    const { path } = place(0, 0o777);
    await userFile(path, APP, APP, 0o600);
    renameSync(`${path}.lock`, `${path}.old`);
    await directoryAt(path).add('bob', 'secret');
    await as(APP, APP, () => directoryAt(path).add('carol', 'secret'));
    expect(namesIn(path)).toEqual(['alice', 'bob', 'carol']);
  });

  it('a member of the group keeps the group', async (context) => {
    need(context, notRoot);
    const { path } = place(APP);
    await userFile(path, APP, APP, 0o640);
    await as(APP, APP, () => directoryAt(path).add('bob', 'secret'));
    expect(ownershipOf(path)).toBe(`640 ${APP}:${APP}`);
  });
});

describe('somebody who could not keep owner and group of the user file', () => {
  it.for([
    ['a file of root', 0, APP, 0o640],
    ['a group that is not theirs', APP, STRANGER, 0o640],
  ] as const)('%s: changes nothing, and says who can', async ([, uid, gid, mode], context) => {
    need(context, notRoot);
    const { path, folder } = place(APP);
    await userFile(path, uid, gid, mode);
    chownSync(`${path}.lock`, APP, APP);
    const before = [ownershipOf(path), readFileSync(path, 'utf8'), readdirSync(folder)];
    const adding = as(APP, APP, () => directoryAt(path).add('bob', 'secret'));
    await expect(adding).rejects.toThrow(/belongs to another user or group: run as root or as that user/);
    expect([ownershipOf(path), readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(before);
  });
});

describe('a hostile owner of the folder gains nothing from root', () => {
  it("a hard link to another site's user file: its hashes stay that site's", async (context) => {
    need(context, notRoot);
    const theirs = place(STRANGER);
    await userFile(theirs.path, STRANGER, STRANGER, 0o600);
    const { path } = place(APP);
    linkSync(theirs.path, path);
    await directoryAt(path).add('eve', 'secret');
    expect(ownershipOf(path)).toBe(`600 ${STRANGER}:${STRANGER}`);
    expect(namesIn(theirs.path)).toEqual(['alice']);
  });

  it.for([
    ['of theirs in place of the folder', 'conf', '', /symbolic link of the user 65534.+sudo -u '#65534'/],
    // Its folder is theirs: they could replace it between a look and the reading.
    [
      'of root in their folder',
      'conf-2',
      'conf-2',
      /conf is a symbolic link in a folder that other users may change/,
    ],
    [
      'of root in their folder, absolute',
      'conf-2',
      '/',
      /in a folder that other users may change.+name the folder/,
    ],
  ] as const)('a symbolic link %s: nothing is written', async ([, planted, ofRoot, message], context) => {
    need(context, notRoot);
    const theirs = place(STRANGER);
    await userFile(theirs.path, STRANGER, STRANGER, 0o600);
    const before = readFileSync(theirs.path, 'utf8');
    const { folder } = place(APP);
    await as(APP, APP, async () => symlinkSync(theirs.folder, join(folder, planted)));
    if (ofRoot !== '') symlinkSync(ofRoot === '/' ? join(folder, planted) : ofRoot, join(folder, 'conf'));
    const adding = directoryAt(join(folder, 'conf', 'users.json')).add('eve', 'secret');
    await expect(adding).rejects.toThrow(message);
    expect(readFileSync(theirs.path, 'utf8')).toBe(before);
  });

  it('a link of theirs behind a link of root: nothing is written', async (context) => {
    need(context, notRoot);
    const theirs = place(STRANGER);
    await userFile(theirs.path, STRANGER, STRANGER, 0o600);
    const { outer, folder } = place(APP);
    await as(APP, APP, async () => symlinkSync(theirs.folder, join(folder, 'conf')));
    symlinkSync('site/conf', join(outer, 'conf'));
    const adding = directoryAt(join(outer, 'conf', 'users.json')).add('eve', 'secret');
    await expect(adding).rejects.toThrow(/conf is a symbolic link of the user 65534/);
    expect(namesIn(theirs.path)).toEqual(['alice']);
  });

  it('links of root in the path are followed, relative ones and chains too', async (context) => {
    need(context, notRoot);
    const { outer, path } = place(APP);
    mkdirSync(join(outer, 'etc'));
    symlinkSync('../etc/current', join(outer, 'etc', 'site'));
    symlinkSync(join(outer, 'site'), join(outer, 'etc', 'current'));
    await directoryAt(join(outer, 'etc', 'site', 'users.json')).add('alice', 'secret');
    expect(namesIn(path)).toEqual(['alice']);
  });

  it('a link in place of the file is not followed', async (context) => {
    need(context, notRoot);
    const theirs = place(STRANGER);
    await userFile(theirs.path, STRANGER, STRANGER, 0o600);
    const { path } = place(APP);
    symlinkSync(theirs.path, path);
    await expect(directoryAt(path).add('eve', 'secret')).rejects.toThrow(StoreError);
    expect(namesIn(theirs.path)).toEqual(['alice']);
  });
});
