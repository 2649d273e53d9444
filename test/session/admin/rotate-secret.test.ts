import { readFileSync, renameSync, symlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSessions, FileStore, MemoryStore } from '../../../src/index.js';
import { dropSecrets, rotateSecret } from '../../../src/session/admin/rotate-secret.js';
import { parseSecrets } from '../../../src/store/secret.js';
import { temporaryStore } from '../../aid/file-store.js';

/** Servers of one store, whose clock the test moves, and a rotation that the test sees from within. */
async function site() {
  const { store, layout } = temporaryStore();
  await store.secret({ create: true });
  let now = 1_900_000_000_000;
  const server = () => {
    const sessions = createSessions({
      store: `file:${layout.root}`,
      anonymousCookieLifetime: 1,
      clock: () => now,
    });
    onTestFinished(() => sessions.close());
    return {
      async newCookie() {
        const headers = await (await sessions.begin({ headers: {} })).commit();
        return String(headers['set-cookie']).split(';')[0] ?? '';
      },
      opens: async (cookie: string) => (await sessions.begin({ headers: { cookie } })).session.available,
    };
  };
  const kept = () => parseSecrets(readFileSync(layout.secret, 'utf8')) ?? [];
  const pass = (ms: number) => {
    now += ms;
  };
  return { store, layout, server, kept, pass };
}

const killed = { isDry: false, wait: () => Promise.reject(new Error('killed')) };
const atOnce = { isDry: false, wait: async () => {} };

describe('a rotation of the secret (spec 7)', () => {
  it('spec 7: when the first server signs with the new secret, the slowest verifies it', async () => {
    const { store, server, pass } = await site();
    const [quick, slow] = [server(), server()];
    const old = await quick.newCookie();
    expect(await slow.opens(old)).toBe(true);
    const wait = async (ms: number) => {
      // This server looks in the middle, the other at no time since before.
      pass(ms / 2);
      expect(await slow.opens(await quick.newCookie())).toBe(true);
      pass(ms / 2);
      expect(await slow.opens(old)).toBe(true);
    };
    await rotateSecret(store, { isDry: false, wait });
    const freshServer = server();
    const signedNew = await freshServer.newCookie();
    expect(await slow.opens(signedNew)).toBe(true);
    pass(1000);
    for (const one of [quick, slow, freshServer])
      for (const cookie of [old, signedNew]) expect(await one.opens(cookie)).toBe(true);
  });

  it('spec 7: after --drop the old one opens nothing within a second, and the new one does', async () => {
    const { store, server, pass, kept } = await site();
    const one = server();
    const old = await one.newCookie();
    await rotateSecret(store, atOnce);
    pass(1000);
    const signedNew = await one.newCookie();
    expect(await dropSecrets(store, atOnce)).toEqual({
      action: 'dropped',
      verifying: 1,
      dropped: 1,
      dryRun: false,
    });
    expect(kept()).toHaveLength(1);
    pass(1000);
    expect([await one.opens(old), await one.opens(signedNew)]).toEqual([false, true]);
  });

  it('killed while it waits, it leaves a new secret that only verifies, which --drop does not take; the next one finishes it', async () => {
    const { store, kept } = await site();
    const [first] = kept();
    await expect(rotateSecret(store, killed)).rejects.toThrow('killed');
    const [signing, fresh] = kept();
    expect(signing).toEqual(first);
    for (const isDry of [true, false])
      await expect(dropSecrets(store, { isDry })).rejects.toThrow(/does not sign yet.*'.* secret rotate'/);
    expect(kept().slice(0, 2)).toEqual([first, fresh]);
    expect(await rotateSecret(store, { isDry: true, wait: atOnce.wait })).toMatchObject({ verifying: 2 });
    expect(await rotateSecret(store, atOnce)).toMatchObject({ action: 'rotated', verifying: 2 });
    expect(kept()).toEqual([fresh, first]);
    expect(await dropSecrets(store, atOnce)).toMatchObject({ dropped: 1 });
    expect(kept()).toEqual([fresh]);
  });

  it('killed when an old one was there already, too; a second kill changes nothing', async () => {
    const { store, kept } = await site();
    await rotateSecret(store, atOnce);
    const [signing, old] = kept();
    await expect(rotateSecret(store, killed)).rejects.toThrow('killed');
    await expect(rotateSecret(store, killed)).rejects.toThrow('killed');
    const fresh = kept()[2];
    await rotateSecret(store, atOnce);
    expect(kept()).toEqual([fresh, signing, old]);
  });

  it('two at the same time are one rotation, and the secret that signed still verifies', async () => {
    const { store, kept } = await site();
    const [first] = kept();
    const meanwhile = async () => void (await rotateSecret(store, atOnce));
    expect(await rotateSecret(store, { isDry: false, wait: meanwhile })).toMatchObject({ verifying: 2 });
    expect(kept()).toHaveLength(2);
    expect(kept()[1]).toEqual(first);
  });

  it('is told when somebody else changes the secrets meanwhile', async () => {
    const { store } = await site();
    const meanwhile = async () => {
      await rotateSecret(store, atOnce);
      await dropSecrets(store, atOnce);
    };
    await expect(rotateSecret(store, { isDry: false, wait: meanwhile })).rejects.toThrow(
      /somebody else changed the secrets .* run this again/,
    );
  });

  it('a dry run writes nothing', async () => {
    const { store, layout } = await site();
    const before = readFileSync(layout.secret, 'utf8');
    const wait = () => Promise.reject(new Error('it waited'));
    expect(await rotateSecret(store, { isDry: true, wait })).toMatchObject({ verifying: 2, dryRun: true });
    expect(await dropSecrets(store, { isDry: true })).toMatchObject({ action: 'nothing', dryRun: true });
    expect(readFileSync(layout.secret, 'utf8')).toBe(before);
  });

  it('refuses an eighth secret, because a rotation needs a place for its mark, and names the remedy', async () => {
    const { store } = await site();
    for (let n = 1; n < 7; n++) await rotateSecret(store, atOnce);
    await expect(rotateSecret(store, atOnce)).rejects.toThrow(/has 7 secrets already, .* --drop/);
    expect(await dropSecrets(store, { isDry: false })).toMatchObject({ dropped: 6 });
  });

  it('refuses a store that keeps none, one that has none yet, and a secret that is a link', async () => {
    await expect(rotateSecret(new MemoryStore(), atOnce)).rejects.toThrow(/secret generate/);
    const empty = temporaryStore();
    await expect(rotateSecret(empty.store, atOnce)).rejects.toThrow(/has no secret yet/);
    const { layout } = await site();
    renameSync(layout.secret, `${layout.root}.elsewhere`);
    symlinkSync(`${layout.root}.elsewhere`, layout.secret);
    const linked = new FileStore(layout.root);
    onTestFinished(() => linked.close());
    await expect(rotateSecret(linked, atOnce)).rejects.toThrow(/is a link: change the secret where it leads/);
    expect(await linked.secrets()).toHaveLength(1);
  });
});
