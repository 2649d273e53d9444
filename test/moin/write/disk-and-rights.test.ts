import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { MoinStore } from '../../../src/moin/store.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { StoppedError } from '../../../src/session/admin/bulk.js';
import { pathsBelow } from '../../aid/folder.js';
import { opened, secretsDir, secretsOf } from '../../aid/moin/opened.js';
import { differences, filesBelow } from '../../aid/moin/wiki-files.js';
import { unpackWiki } from '../../aid/moin/wikis.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot, ownershipOf, STRANGER } from '../../aid/ownership.js';
import { tinyFileSystem } from '../../store/file/tiny-file-system.js';

describe('the disk and the rights', () => {
  it.for(['1.6', '1.9'] as const)(
    'I3: a read-only file system of %s changes nothing, and the error says what to do',
    async (layout, context) => {
      const tiny = tinyFileSystem('size=4m');
      need(context, tiny.missing);
      const { admin, wiki, id } = opened(layout, tiny.dir);
      const before = filesBelow(wiki.data);
      tiny.remount('ro');
      await expect(admin.expire([id])).rejects.toThrow(StoppedError);
      await expect(admin.purge([id])).rejects.toThrow(/read-only: remount it writable/);
      expect(differences(before, filesBelow(wiki.data))).toEqual({ added: [], removed: [], changed: [] });
    },
  );

  it.for([
    ['1.6', 'expire'],
    ['1.6', 'purge'],
    ['1.9', 'expire'],
    ['1.9', 'purge'],
  ] as const)('a full disk: %s, %s removes the session, and makes room', async ([layout, how], context) => {
    const tiny = tinyFileSystem('size=4m');
    need(context, tiny.missing);
    const { admin, wiki, session, id, path } = opened(layout, tiny.dir);
    const secrets = layout === '1.6' ? secretsOf(wiki, session) : null;
    const before = secrets && readFileSync(secrets);
    if (secrets !== null) mkdirSync(join(secretsDir(wiki), '__lock__'));
    fill(join(tiny.dir, 'fill'));
    expect(await admin[how]([id])).toMatchObject({ matched: 1, kept: 0, failed: 0 });
    expect(existsSync(path)).toBe(false);
    if (secrets !== null) {
      expect(readFileSync(secrets).includes(session.file)).toBe(false);
      expect(before?.includes(session.file)).toBe(true);
    }
    expect(pathsBelow(wiki.data).filter((one) => one.endsWith('.tmp'))).toEqual([]);
  });

  it('who may write to the folder but does not own a file can end nothing, and leaves all as it was', async (context) => {
    need(context, notRoot);
    for (const layout of ['1.6', '1.9'] as const) {
      const { admin, wiki, id } = opened(layout);
      for (const path of pathsBelow(wiki.dir)) {
        chownSync(path, APP, APP);
        chmodSync(path, statSync(path).isDirectory() ? 0o777 : 0o666);
      }
      chmodSync(join(wiki.dir, '..'), 0o755);
      const before = filesBelow(wiki.data);
      await as(STRANGER, STRANGER, async () => {
        await expect(admin.expire([id])).rejects.toThrow(/not permitted: run as the user who owns/);
      });
      expect(differences(before, filesBelow(wiki.data))).toEqual({ added: [], removed: [], changed: [] });
    }
  });

  it('root leaves owner, group and mode of what it replaces, and gives away what it makes', async (context) => {
    need(context, notRoot);
    for (const layout of ['1.6', '1.9'] as const) {
      const { admin, wiki, session, id, path } = opened(layout);
      for (const one of pathsBelow(wiki.dir)) {
        chownSync(one, APP, STRANGER);
        chmodSync(one, statSync(one).isDirectory() ? 0o2770 : 0o660);
      }
      const before = ownershipOf(path);
      expect(await admin.expire([id])).toMatchObject({ expired: 1 });
      expect(ownershipOf(path)).toBe(before);
      if (layout === '1.6') expect(ownershipOf(secretsOf(wiki, session))).toBe(before);
      expect(pathsBelow(wiki.data).filter((one) => statSync(one).uid !== APP)).toEqual([]);
    }
  });

  it('root follows no link of the wiki’s owner to the folder of the sessions', async (context) => {
    need(context, notRoot);
    const { admin, wiki, id, store } = opened('1.9');
    const elsewhere = unpackWiki('1.9');
    await store.find(id);
    const cache = join(wiki.data, 'cache');
    renameSync(cache, `${cache}.old`);
    symlinkSync(join(elsewhere.data, 'cache'), cache);
    execFileSync('chown', ['-hR', `${STRANGER}`, wiki.data]);
    const before = filesBelow(elsewhere.data);
    await expect(admin.purge([id])).rejects.toThrow(StoreError);
    await expect(
      new SessionAdmin({ store: new MoinStore(wiki.data), clock: () => 0 }).purge([id]),
    ).rejects.toThrow(/symbolic link/);
    expect(differences(before, filesBelow(elsewhere.data))).toEqual({ added: [], removed: [], changed: [] });
  });
});

/** Fills the disk, to the last byte. */
function fill(path: string): void {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (let n = 0; ; n++) writeFileSync(`${path}.${size}.${n}`, Buffer.alloc(size), { flag: 'wx' });
    } catch {}
  }
}
