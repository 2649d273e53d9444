import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { SessionsOptions } from '../../../src/index.js';
import { need } from '../../aid/need.js';
import { twoMachines } from '../../aid/redis/machines.js';
import { type Monitor, startMonitor } from '../../aid/redis/monitor.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { startSlowProxy } from '../../aid/redis/slow-proxy.js';
import { ALICE, during } from '../../aid/route.js';
import { SECRET } from '../../aid/site.js';

let server: RedisServer;
let monitor: Monitor;

beforeAll(async () => {
  if (NO_REDIS !== null) return;
  server = await startRedis();
  monitor = await startMonitor(server);
});
beforeEach((context) => need(context, NO_REDIS));
afterAll(async () => {
  monitor?.stop();
  await server?.stop();
});

/**
 * A site whose machines are connected and have their scripts in Redis, and the commands since it was last asked, each with what
 * its key holds.
 */
async function warmSite(options: SessionsOptions = {}, at: { url: string } = server) {
  const site = await twoMachines(at, { secrets: SECRET, ...options });
  onTestFinished(site.close);
  for (const browser of site.person()) {
    await browser.logIn('carol');
    await browser.visit({}, (session) => session.set('warm', 1));
  }
  const commands = async () => {
    const sent = await monitor.commands();
    return sent.map((text) =>
      text.replace(
        / site-\d+\/(?:(secret)|(s)|u).*/,
        (_, secret, s) => ` ${secret ?? (s ? 'session' : 'user')}`,
      ),
    );
  };
  await commands();
  return { ...site, commands };
}

describe('what a request sends to Redis', () => {
  it('S8: a request of a user that changes nothing is one GET, whichever machine is asked', async () => {
    const { person, commands } = await warmSite();
    const [one, other] = person();
    await one.logIn('alice');
    await commands();
    for (const browser of [one, one, other, other]) {
      await browser.visit({}, (session) => session.get('nothing'));
      expect(await commands()).toEqual(['GET session']);
    }
  });

  it('S8: a visitor is one GET too, with data and without; a first visit is none', async () => {
    const { person, commands } = await warmSite();
    const [one] = person();
    await one.visit();
    expect(await commands()).toEqual([]);
    await one.visit();
    expect(await commands()).toEqual(['GET session']);
    await one.visit({}, (session) => session.set('cart', 'apple'));
    expect(await commands()).toEqual(['GET session', 'EVALSHA session']);
    await one.visit();
    expect(await commands()).toEqual(['GET session']);
  });

  it('a save is one EVALSHA beside the GET, also after another machine saved; so is update()', async () => {
    const { person, commands } = await warmSite();
    const [one, other] = person();
    await one.logIn('alice');
    await commands();
    for (const browser of [one, other, one]) {
      await browser.visit({}, (session) => session.set('cart', browser === one ? 'apple' : 'pear'));
      expect(await commands()).toEqual(['GET session', 'EVALSHA session']);
    }
    await one.visit({}, (session) => session.update('count', (count) => Number(count ?? 0) + 1));
    expect(await commands()).toEqual(['GET session', 'EVALSHA session']);
  });

  it('a refresh also writes the list of the user’s sessions, because the record lives longer', async () => {
    const { person, commands, time } = await warmSite();
    const [one] = person();
    await one.logIn('alice');
    time.now += 2 * HOUR;
    await commands();
    await one.visit();
    expect(await commands()).toEqual(['GET session', 'EVALSHA user', 'EVALSHA session']);
  });

  it('S9: a login writes list and record, asks for the eviction policy, and reads the user’s sessions; a logout is three commands', async () => {
    const { person, commands } = await warmSite();
    const login = ['EVALSHA user', 'EVALSHA session', 'INFO memory', 'ZRANGE user'];
    await person()[0].logIn('alice');
    expect(await commands()).toEqual([...login, 'GET session']);
    const [second] = person();
    await second.logIn('alice');
    expect(await commands()).toEqual([...login, 'GET session', 'GET session']);
    await second.logOut();
    expect(await commands()).toEqual(['GET session', 'EVALSHA session', 'ZREM user']);
    await during(person()[0], (visit) => visit.logIn(ALICE));
    expect(await commands()).toEqual([...login, 'GET session', 'GET session']);
  });

  it('a login is four round trips, however many sessions the user has: they are read at once', async () => {
    const proxy = await startSlowProxy(server.port, { latencyDown: 20 });
    onTestFinished(proxy.stop);
    const { person } = await warmSite({}, { url: `redis://127.0.0.1:${proxy.port}` });
    for (let count = 0; count < 5; count++) await person()[0].logIn('alice');
    const [one] = person();
    proxy.resetCounts();
    await one.logIn('alice');
    expect(proxy.counts().turns).toBe(4);
    proxy.resetCounts();
    await one.visit();
    expect(proxy.counts().turns).toBe(1);
  });

  it('spec 4: without secrets, each process asks for the one in Redis once a second, not once a request', async () => {
    const { person, commands, time } = await warmSite({ secrets: undefined as never });
    const [one, other] = person();
    await one.logIn('alice');
    await commands();
    for (let second = 0; second < 3; second++) {
      time.now += 1000;
      for (const browser of [one, other]) {
        for (let request = 0; request < 5; request++) await browser.visit();
        expect(await commands()).toEqual(['GET secret', ...Array(5).fill('GET session')]);
      }
    }
    time.now += 1000;
    await Promise.all(Array.from({ length: 5 }, () => one.visit()));
    expect(await commands()).toEqual(['GET secret', ...Array(5).fill('GET session')]);
  });
});
