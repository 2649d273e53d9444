import assert from 'node:assert/strict';
import { isUint8Array } from 'node:util/types';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { same } from './assert.js';
import type { ContractCheck } from './check.js';
import { aRecord } from './records.js';

type Keeper = SessionStore & Partial<SecretKeeper>;

export const secretChecks: readonly ContractCheck[] = [
  {
    title: 'keeps one secret for all who open it, or has no method secret (spec 4)',
    promise:
      'secret gives the current secret of 32 bytes or more. When the store has none yet: with create a new one, else null.',
    async run({ store, reopen }) {
      const keepers: Keeper[] = [store, await reopen(), await reopen(), store];
      if (typeof keepers[0]?.secret !== 'function') return;
      const before = await keepers[0].secret({ create: false });
      const made = await Promise.all(keepers.map((keeper) => keeper.secret?.({ create: true })));
      for (const secret of made)
        assert.ok(isUint8Array(secret) && secret.byteLength >= 32, 'the secret is shorter than 32 bytes');
      const texts = new Set([before, ...made].flatMap((secret) => (secret ? [secret.toString('hex')] : [])));
      assert.equal(texts.size, 1, 'those who ask at the same time get different secrets');
      const kept = await ((await reopen()) as Keeper).secret?.({ create: false });
      same(kept?.toString('hex'), [...texts][0]);
    },
  },
  {
    title: 'takes over a secret for all who open it, unless sessions need its own (spec 4)',
    promise:
      'adoptSecret takes over the secret of another store whose sessions are copied here. The store refuses it when it has another one and holds records: nothing changes then.',
    async run({ store, reopen }) {
      const keeper: Keeper = store;
      if (typeof keeper.secret !== 'function' || typeof keeper.adoptSecret !== 'function') return;
      const [first, second] = ['f', 's'].map((letter) => Buffer.from(letter.repeat(40))) as [Buffer, Buffer];
      const current = async () => ((await reopen()) as Keeper).secret?.({ create: false });
      await keeper.secret({ create: true });
      same(await keeper.adoptSecret(first), 'adopted');
      same((await current())?.toString(), first.toString());
      same(await keeper.adoptSecret(second), 'adopted');
      await store.create(aRecord('a'));
      same(await keeper.adoptSecret(first), 'refused');
      same(await keeper.adoptSecret(second), 'kept');
      same((await current())?.toString(), second.toString());
      await assert.rejects(async () => keeper.adoptSecret?.(Buffer.alloc(31)), TypeError);
    },
  },
  {
    title: 'replaces its secrets in one step, for all who open it, if nobody else did (spec 7)',
    promise:
      'secrets gives every secret, the first of which signs. replaceSecrets puts others in the place of those that are there, and changes nothing when they are not.',
    async run({ store, reopen }) {
      const keeper: Keeper = store;
      if (!keeper.secret || !keeper.secrets || !keeper.replaceSecrets) return;
      const first = await keeper.secret({ create: true });
      const fresh = Buffer.alloc(32, 'fresh');
      assert.ok(first !== null, 'there is no secret although it was to be made');
      const all = async () =>
        (await ((await reopen()) as Keeper).secrets?.())?.map((one) => one.toString('hex'));
      same(await all(), [first.toString('hex')]);
      same(await keeper.replaceSecrets([fresh], [fresh]), false);
      same(await all(), [first.toString('hex')]);
      same(await keeper.replaceSecrets([first], [fresh, first]), true);
      same(await all(), [fresh.toString('hex'), first.toString('hex')]);
      const signing = await ((await reopen()) as Keeper).secret?.({ create: false });
      same(signing?.toString('hex'), fresh.toString('hex'));
      same(await keeper.replaceSecrets([first, fresh], [first]), false);
      await assert.rejects(
        async () => keeper.replaceSecrets?.([fresh, first], [Buffer.alloc(31)]),
        TypeError,
      );
      same(await all(), [fresh.toString('hex'), first.toString('hex')]);
    },
  },
];
