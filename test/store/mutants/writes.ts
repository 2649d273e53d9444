import { randomBytes } from 'node:crypto';
import type { Mutant } from '../mutants.js';

/** Stores that create and update wrongly. */
export const brokenWrites: readonly Mutant[] = [
  {
    name: 'a create that cuts what is long',
    caughtBy: 'keeps a record of a megabyte',
    broken: (sound) => ({
      async create(record) {
        const outcome = await sound.create(record);
        if (JSON.stringify(record).length > 65_536)
          sound.putBytes(record.id, JSON.stringify({ ...record, data: {} }));
        return outcome;
      },
    }),
  },
  {
    name: 'a secret that is made anew for each who asks',
    caughtBy: 'keeps one secret for all who open it, or has no method secret (spec 4)',
    broken: () => ({ secret: async () => randomBytes(32) }),
  },
  {
    name: 'a secret that is replaced although sessions need it',
    caughtBy: 'takes over a secret for all who open it, unless sessions need its own (spec 4)',
    broken: () => {
      let kept = randomBytes(32);
      return {
        secret: async () => kept,
        async adoptSecret(secret) {
          if (secret.byteLength < 32) throw new TypeError('too short');
          if (kept.equals(secret)) return 'kept';
          kept = Buffer.from(secret);
          return 'adopted';
        },
      };
    },
  },
  {
    name: 'secrets that are replaced although others are there',
    caughtBy: 'replaces its secrets in one step, for all who open it, if nobody else did (spec 7)',
    broken: () => {
      let kept: readonly Buffer[] = [randomBytes(32)];
      return {
        secret: async () => kept[0] ?? null,
        secrets: async () => kept,
        async replaceSecrets(_current, next) {
          if (next.some(({ byteLength }) => byteLength < 32)) throw new TypeError('too short');
          kept = next.map((one) => Buffer.from(one));
          return true;
        },
      };
    },
  },
  {
    name: 'an update that creates',
    caughtBy: 'never creates by updating (I2)',
    broken: (sound) => ({
      async update(id, change) {
        if ((await sound.find(id)) === null) sound.putBytes(id, '{}');
        return sound.update(id, change);
      },
    }),
  },
  {
    name: 'a create that overwrites',
    caughtBy: 'never overwrites by creating',
    broken: (sound) => ({
      async create(record) {
        sound.putBytes(record.id, JSON.stringify(record));
        return 'created';
      },
    }),
  },
  {
    name: 'a create that overwrites what it cannot read',
    caughtBy: 'never overwrites or deletes a damaged record unasked (I4)',
    broken: (sound) => ({
      async create(record) {
        await sound.find(record.id).catch(() => sound.delete(record.id));
        return sound.create(record);
      },
    }),
  },
  {
    name: 'a create that looks first and writes later',
    caughtBy: 'creates once, however many try at once (I1)',
    broken: (sound) => ({
      async create(record) {
        if ((await sound.find(record.id).catch(() => record)) !== null) return 'exists';
        await sound.create(record);
        return 'created';
      },
    }),
  },
  {
    name: 'an update without a lock',
    caughtBy: 'loses no step of many updates at once (I1)',
    broken: (sound) => ({
      async update(id, change) {
        const before = await sound.find(id);
        const next = before && change(before);
        return next && sound.update(id, () => next);
      },
    }),
  },
  {
    name: 'an update that replaces all data by what an older request knew',
    caughtBy: 'lets two who change different keys both win (I1)',
    broken: (sound) => ({
      async update(id, change) {
        const before = await sound.find(id);
        return before && sound.update(id, () => change(before));
      },
    }),
  },
  {
    name: 'an update that writes what was deleted meanwhile',
    caughtBy: 'does not bring back what was deleted meanwhile (I2)',
    broken: (sound) => ({
      async update(id, change) {
        const before = await sound.find(id);
        const next = before && change(before);
        if (next) sound.putBytes(id, JSON.stringify(next));
        return next;
      },
    }),
  },
  {
    name: 'an update that leaves the revision to the change',
    caughtBy: 'gives the new record, its revision one more whatever the change says',
    broken: (sound) => ({
      async update(id, change) {
        const next = await sound.update(id, change);
        if (next) sound.putBytes(id, JSON.stringify({ ...next, revision: change(next)?.revision }));
        return next;
      },
    }),
  },
  {
    name: 'an update that stores anything',
    caughtBy: 'refuses what it could not give back, and keeps what it has',
    broken: (sound) => ({
      update: (id, change) =>
        sound.update(id, (now) => {
          const next = change(now);
          if (next) sound.putBytes(id, JSON.stringify(next));
          return next;
        }),
    }),
  },
];
