import { join } from 'node:path';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { endedRecord } from '../../../src/session/lifecycle/ended.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { idOfFile } from './wiki-files.js';
import { type ExpectedSession, type SampleWiki, unpackWiki } from './wikis.js';

/** A sample wiki whose store is open, and the open session of a user. @param folder as of `unpackWiki` */
export function opened(layout: Layout, folder?: string) {
  const wiki = unpackWiki(layout, folder);
  const store = new MoinStore(
    wiki.data,
    layout === '1.6' ? { user_dir: wiki.expected.user_dir_at_generation } : {},
  );
  const admin = new SessionAdmin({ store, users: store.users ?? undefined, clock: () => wiki.now });
  const session = wiki.expected.sessions.find(
    (one) => one.user_name === 'JoeDoe' && isOpen(one, wiki),
  ) as ExpectedSession;
  const id = idOfFile(session.file);
  const end = (record: SessionRecord) => endedRecord(record, wiki.now, { by: 'administrator' });
  return { wiki, store, admin, session, id, path: join(wiki.sessionDir, session.file), end };
}

function isOpen({ decoded }: ExpectedSession, { now }: SampleWiki): boolean {
  return decoded.expires !== undefined && (decoded.expires as number) * 1000 - 3_600_000 > now;
}

export const secretsDir = ({ data }: SampleWiki) => join(data, 'cache/__common__/ussc');

/** The path of the file with the secret of a session (1.6). */
export function secretsOf(wiki: SampleWiki, { file }: ExpectedSession): string {
  const one = wiki.expected.ussc?.find(({ secrets }) => Object.values(secrets).includes(file));
  return join(secretsDir(wiki), one?.file as string);
}
