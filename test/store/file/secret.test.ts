import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { giveAway, notRoot, STRANGER } from '../../aid/ownership.js';
import { aRecord, idOf, idsIn } from '../../aid/records.js';

const SECRET = `${'A'.repeat(43)}\n`;

/** A store that has a secret, and one session. */
async function storeWithSecret() {
  const { store, layout } = temporaryStore();
  await store.create(aRecord('a'));
  await store.secret({ create: true });
  return { store, layout, reopened: () => new FileStore(layout.root) };
}

describe('the secret in the folder is used only where nobody else could put it (spec 4)', () => {
  it.each([0o770, 0o720, 0o777, 0o1777, 0o2775])(
    'spec 4: a folder of mode %o signs nothing, and is read',
    async (mode) => {
      const { reopened, layout } = await storeWithSecret();
      chmodSync(layout.root, mode);
      for (const create of [true, false])
        await expect(reopened().secret({ create })).rejects.toThrow(
          /others may write .* 'chmod go-w .*; or set the option/,
        );
      expect(await idsIn(reopened().scan())).toEqual([idOf('a')]);
      chmodSync(layout.root, 0o755);
      expect(await reopened().secret({ create: true })).toHaveLength(32);
    },
  );

  it('spec 4: no secret is made in a folder that others may write to', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root);
    chmodSync(layout.root, 0o777);
    await expect(store.secret({ create: true })).rejects.toThrow(/others may write/);
    expect(existsSync(layout.secret)).toBe(false);
  });

  it('spec 4: a secret that others may write to is not used', async () => {
    const { reopened, layout } = await storeWithSecret();
    chmodSync(layout.secret, 0o620);
    await expect(reopened().secret({ create: true })).rejects.toThrow(
      /others may write to the secret .*chmod go-w/,
    );
  });

  it('spec 4: a secret of a stranger is not used, and kept', async (context) => {
    need(context, notRoot);
    const { reopened, layout } = await storeWithSecret();
    giveAway(layout.secret);
    const before = readFileSync(layout.secret, 'utf8');
    await expect(reopened().secret({ create: true })).rejects.toThrow(
      /somebody else than the owner of its folder: .*chown/,
    );
    expect(readFileSync(layout.secret, 'utf8')).toBe(before);
    giveAway(layout.root);
    expect(await reopened().secret({ create: false })).toHaveLength(32);
  });

  it('spec 4: a pipe in its place is refused at once', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root, { mode: 0o700 });
    execFileSync('mkfifo', [layout.secret]);
    await expect(store.secret({ create: true })).rejects.toThrow(/a pipe, socket or device .*: move it away/);
    expect(lstatSync(layout.secret).isFIFO()).toBe(true);
  });
});

describe('who makes the secret (spec 4)', () => {
  it('spec 4: two processes that look at the same time use the same secret', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root, { mode: 0o700 });
    const other = new FileStore(layout.root);
    onTestFinished(() => other.close());
    const secrets = await Promise.all([store.secret({ create: true }), other.secret({ create: true })]);
    expect(secrets[0]).toHaveLength(32);
    expect(secrets[1]).toEqual(secrets[0]);
    expect(readFileSync(layout.secret, 'utf8')).toBe(`${secrets[0]?.toString('base64url')}\n`);
  });

  it('spec 4: a store that is open for reading only makes none, and reads the one that is there', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root, { mode: 0o700 });
    const reader = new FileStore(layout.root, { readOnly: true });
    onTestFinished(() => reader.close());
    expect(await reader.secret({ create: true })).toBeNull();
    expect(existsSync(layout.secret)).toBe(false);
    const secret = await store.secret({ create: true });
    expect(await reader.secret({ create: true })).toEqual(secret);
  });

  it('spec 4: it is made only where that is asked for', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root, { mode: 0o700 });
    expect(await store.secret({ create: false })).toBeNull();
    expect(existsSync(layout.secret)).toBe(false);
  });
});

describe('a secret that comes along with sessions from another store (spec 4)', () => {
  const OTHER = Buffer.from('b'.repeat(40));

  it('spec 4: becomes the secret of a new store, which nobody else may read', async () => {
    const { store, layout } = temporaryStore();
    expect(await store.adoptSecret(OTHER)).toBe('adopted');
    expect(lstatSync(layout.secret).mode & 0o777).toBe(0o600);
    expect(await new FileStore(layout.root).secret({ create: true })).toEqual(OTHER);
  });

  it('spec 4: is refused where sessions need another one, unreadable ones too, and kept where it is the same', async () => {
    const { store, layout, reopened } = await storeWithSecret();
    const own = await store.secret({ create: false });
    expect(await reopened().adoptSecret(OTHER)).toBe('refused');
    putFile(layout.record(idOf('a')), '{"half');
    expect(await reopened().adoptSecret(OTHER)).toBe('refused');
    expect(await reopened().adoptSecret(own as Buffer)).toBe('kept');
    await store.delete(idOf('a'));
    expect(await reopened().adoptSecret(OTHER)).toBe('adopted');
  });

  it('spec 4: is taken by a store that has sessions and no secret, for none of its cookies was signed with one of its own', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a'));
    expect(await store.adoptSecret(OTHER)).toBe('adopted');
  });

  it('spec 4: is not written where others may write, nor into a store that is open for reading only', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root);
    chmodSync(layout.root, 0o777);
    await expect(store.adoptSecret(OTHER)).rejects.toThrow(/others may write/);
    const reader = new FileStore(layout.root, { readOnly: true });
    await expect(reader.adoptSecret(OTHER)).rejects.toThrow(/for reading only/);
    expect(existsSync(layout.secret)).toBe(false);
  });

  it.each([31, 32 * 1024 + 1])('spec 4: of %i bytes is no secret', async (length) => {
    await expect(temporaryStore().store.adoptSecret(Buffer.alloc(length))).rejects.toThrow(TypeError);
  });
});

describe('a secret that is a link, for it is kept elsewhere', () => {
  function linked(secret = SECRET) {
    const { store, layout } = temporaryStore();
    const elsewhere = join(temporaryFolder(), 'secret');
    putFile(elsewhere, secret);
    mkdirSync(layout.root, { mode: 0o700 });
    symlinkSync(elsewhere, layout.secret);
    return { store, layout, elsewhere };
  }

  it('spec 4: is followed where root or we made it', async (context) => {
    const { store, layout, elsewhere } = linked();
    expect(await store.secret({ create: true })).toEqual(Buffer.from(SECRET, 'base64url'));
    need(context, notRoot);
    giveAway(elsewhere);
    await expect(store.secret({ create: true })).rejects.toThrow(/somebody else than the owner/);
    giveAway(layout.root);
    lchownSync(layout.secret, 0, 0);
    expect(await new FileStore(layout.root).secret({ create: true })).toHaveLength(32);
  });

  it("spec 4: of the folder's owner leads root to no secret of somebody else", async (context) => {
    need(context, notRoot);
    const { store, layout, elsewhere } = linked();
    giveAway(layout.root);
    await expect(store.secret({ create: false })).rejects.toThrow(/a link to a file of another owner/);
    giveAway(elsewhere);
    expect(await store.secret({ create: false })).toHaveLength(32);
    expect(lstatSync(layout.secret).uid).toBe(STRANGER);
  });

  it('spec 4: that leads to nothing is not replaced by a new secret', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.root, { mode: 0o700 });
    symlinkSync('nowhere', layout.secret);
    await expect(store.secret({ create: true })).rejects.toThrow(
      /a link to nothing: restore what it leads to/,
    );
    expect(lstatSync(layout.secret).isSymbolicLink()).toBe(true);
  });
});
