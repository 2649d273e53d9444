import { beforeEach, describe, expect, it } from 'vitest';
import { need } from '../../aid/need.js';
import { aRecord, idOf } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { together, Worker } from '../processes.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const EACH = 25;

describe('32 writers in four processes on one session', () => {
  it('I1: no step is lost, and each comes within the time limit', async () => {
    const { open, server } = await redisSite();
    const store = open();
    await store.create(aRecord('a'));
    const where = `${server.url}?prefix=site:&timeout=10000`;
    const said = await together(
      Array.from(
        { length: 4 },
        () => new Worker({ where, job: 'incrementTogether', argument: EACH, only: idOf('a') }),
      ),
    );
    expect(said.flat()).toHaveLength(32 * EACH);
    expect(await store.find(idOf('a'))).toMatchObject({ revision: 1 + 32 * EACH, data: { n: 32 * EACH } });
  });

  it('spec 4: all who make a secret at the same time get the same one', async () => {
    const { server } = await redisSite();
    const where = `${server.url}/%?timeout=10000`;
    const said = await together(
      Array.from({ length: 4 }, () => new Worker({ where, job: 'secret', argument: 16 })),
    );
    for (const lines of said) expect(lines).toEqual(said[0]);
    expect(new Set(said[0]).size).toBe(16);
  });
});
