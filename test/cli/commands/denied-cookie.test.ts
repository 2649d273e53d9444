import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idOf } from '../../../src/session/cookie/token.js';
import { createSessions } from '../../../src/sessions.js';
import { FileLayout } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { pathsBelow, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot } from '../../aid/ownership.js';
import { NOW } from '../../aid/records.js';

const OPTIONS = { secrets: 's'.repeat(32), anonymousCookieLifetime: 2 };

/** A visitor's cookie, whose record is in the store of APP. @param take gives it to root, or the store's folder */
async function visitorOf(take: (layout: FileLayout, record: string) => void) {
  const cwd = temporaryFolder();
  const root = join(cwd, 'sessions');
  const sessions = createSessions({ ...OPTIONS, store: new FileStore(root), clock: () => NOW });
  const cookie = String((await (await sessions.begin({})).commit())['set-cookie']).split(';')[0] ?? '';
  const visit = await sessions.begin({ headers: { cookie } });
  visit.session.set('seen', true);
  await visit.commit();
  await sessions.close();
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ ...OPTIONS, store: 'sessions' }));
  writeFileSync(join(cwd, 'c.txt'), cookie);
  for (const path of pathsBelow(cwd)) chownSync(path, APP, APP);
  const layout = new FileLayout(root);
  take(layout, layout.record(idOf(cookie.split('.')[1] ?? '')));
  return (...argv: string[]) =>
    cli({ cwd, store: new FileStore(root), clock: () => NOW, columns: 1000 }, ...argv);
}

function closeRecord(_: FileLayout, path: string): void {
  chownSync(path, 0, 0);
  chmodSync(path, 0o600);
}

describe('a cookie whose record may not be read', () => {
  it.for([['whoami'], ['simulate']])('%j says so, and not that there is none', async (argv, context) => {
    need(context, notRoot);
    const run = await visitorOf(closeRecord);
    const { out, err } = await as(APP, APP, () => run(...argv, '--cookie-file', 'c.txt'));
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /may not be used here \(permission denied: its file belongs to the user 0 and has the mode 600; run this as that user or as root/,
    );
    expect(out).not.toMatch(/no such session|are no session/);
    expect(err).toMatch(/cannot be read/);
  });

  it.for([['whoami'], ['simulate']])(
    '%j says so to root, whose store it is, of one that the servers have written',
    async (argv, context) => {
      need(context, notRoot);
      const run = await visitorOf(({ root }) => chownSync(root, 0, 0));
      const { out } = await run(...argv, '--cookie-file', 'c.txt');
      expect(out.replace(/\s+/g, ' ')).toMatch(
        /may not be used here \(its file belongs to the user 65534, not to the store's owner, the user 0; run this as the user of the/,
      );
      expect(out).not.toMatch(/no such session|are no session|permission denied/);
      const served = await as(APP, APP, () => run(...argv, '--cookie-file', 'c.txt'));
      expect(served.out).not.toContain('may not be used here');
    },
  );
});
