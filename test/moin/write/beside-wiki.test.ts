import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { isOver } from '../../../src/session/lifecycle/state.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { idOfFile } from '../../aid/moin/wiki-files.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';
import { all } from '../../aid/records.js';

/** How many sessions are ended at a time. */
const GROUP = 8;
const SERVER = fileURLToPath(new URL('wiki-server.mjs', import.meta.url));

/** A server of the wiki at work. `stop` gives the number of the last visit of each session. */
async function serverOf({ data }: SampleWiki, layout: Layout) {
  const server = spawn(process.execPath, [SERVER, inject('built'), data, layout], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const lines = createInterface({ input: server.stdout });
  await once(lines, 'line');
  return {
    async stop(): Promise<Record<string, number>> {
      const said = once(lines, 'line');
      server.stdin.write('stop\n');
      return JSON.parse((await said)[0] as string);
    },
  };
}

describe.each([
  ['1.6', 'expire'],
  ['1.6', 'purge'],
  ['1.9', 'expire'],
  ['1.9', 'purge'],
] as const)('beside a server of MoinMoin %s at work', (layout, how) => {
  it(`I1, I2: ${how} ends each session or says that it came back; no visit of another session is lost`, async () => {
    const wiki = unpackWiki(layout);
    const store = new MoinStore(
      wiki.data,
      layout === '1.6' ? { user_dir: wiki.expected.user_dir_at_generation } : {},
    );
    const admin = new SessionAdmin({ store, clock: () => wiki.now });
    // For the server it is now.
    for (const { file } of wiki.expected.sessions)
      utimesSync(join(wiki.sessionDir, file), wiki.now / 1000, wiki.now / 1000);
    const entries = await all(store.scan());
    const open = entries.filter(({ record }) => record !== null && record.cookieExpires > wiki.now);
    const doomed = open.filter((_, n) => n % 2 === 0).map(({ id }) => id);
    const secretsBefore = [...(store.userSecrets?.all() ?? [])].length;

    const server = await serverOf(wiki, layout);
    const failed: string[] = [];
    for (let from = 0; from < doomed.length; from += GROUP) {
      const ids = doomed.slice(from, from + GROUP);
      const report = await admin[how](ids, { onFailure: (id) => failed.push(id) });
      expect(report).toMatchObject({ matched: ids.length, kept: 0 });
    }
    const visits = await server.stop();

    const looked = new MoinStore(wiki.data, store.settings);
    const left = new Map((await all(looked.scan())).map((entry) => [entry.id, entry]));
    expect([...left.values()].filter(({ record }) => record === null)).toEqual([]);
    const isOpen = (id: string) => (left.get(id)?.record?.cookieExpires ?? 0) > wiki.now;
    const back = doomed.filter(isOpen);
    expect(back.filter((id) => !failed.includes(id))).toEqual([]);
    expect(failed.length).toBeLessThan(doomed.length);
    for (const id of back) expect(isOver(left.get(id)?.record as SessionRecord, wiki.now)).toBe(false);

    for (const { file } of wiki.expected.sessions) {
      const id = idOfFile(file);
      if (doomed.includes(id)) continue;
      const data = left.get(id)?.record?.data;
      expect([file, data?.visits]).toEqual([file, visits[file]]);
    }
    for (const { user_id } of wiki.expected.ussc ?? []) {
      const kept = looked.userSecrets?.of(user_id);
      expect(new Set(kept?.lru)).toEqual(new Set(kept?.secrets.keys()));
      expect(kept?.lru.length).toBeLessThanOrEqual(20);
    }
    if (layout === '1.6') {
      const users = doomed.filter((id) => entries.find((entry) => entry.id === id)?.record?.user);
      const usersBack = back.filter((id) => left.get(id)?.record?.user);
      expect(looked.userSecrets?.all().size).toBe(secretsBefore - users.length + usersBack.length);
    }
  }, 120_000);
});
