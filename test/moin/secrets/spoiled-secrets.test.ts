import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSecrets } from '../../../src/moin/secrets/secrets-file.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { opened, secretsDir, secretsOf } from '../../aid/moin/opened.js';
import { idOfFile } from '../../aid/moin/wiki-files.js';
import type { ExpectedSession } from '../../aid/moin/wikis.js';

describe('spec 8: the secrets of a user of MoinMoin 1.6', () => {
  it.each([
    ['malformed', Buffer.from('no pickle'), /cannot read the secrets in .*: .*; they stay as they are/],
    [
      'huge',
      Buffer.alloc(1024 * 1024 + 1),
      /cannot read the secrets in .*: it is larger than 1 MB; they stay/,
    ],
  ])(
    'that are %s by the time of the write stay as they are, and so does the session',
    async (_, bytes, message) => {
      const { store, wiki, session, id, path, end } = opened('1.6');
      const secrets = secretsOf(wiki, session);
      const before = readFileSync(path);
      const spoil = (record: SessionRecord) => {
        writeFileSync(secrets, bytes);
        return end(record);
      };
      await expect(store.update(id, spoil)).rejects.toThrow(message);
      expect(readFileSync(secrets).equals(bytes)).toBe(true);
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(wiki.sessionDir).filter((name) => name.startsWith('.'))).toEqual([]);
      expect(readdirSync(join(secretsDir(wiki), '__lock__'))).toEqual([]);
    },
  );

  it('that cannot be read: who may be their user is not taken for a visitor; the other sessions end', async () => {
    const { admin, wiki, session, id, path } = opened('1.6');
    writeFileSync(secretsOf(wiki, session), 'no pickle');
    const failures: string[] = [];
    const visitor = wiki.expected.sessions.find(
      (one) => one.file === "it's" || one.file === '0',
    ) as ExpectedSession;
    const report = await admin.expire([id, idOfFile(visitor.file)], {
      onFailure: (_id, error) => failures.push(`${error}`),
    });
    expect(report).toMatchObject({ matched: 2, expired: 1, failed: 1 });
    expect(failures).toEqual([
      expect.stringMatching(
        /^MoinSessionsError: session \w+ may be that of a user whose secrets in .* cannot be read, so it stays/,
      ),
    ]);
    expect(existsSync(path)).toBe(true);
  });

  it.each(['0', 'f'])(
    "a copy of them, in a file %s… of nobody: the login is its owner's still, and ends with all copies",
    async (digit) => {
      const { store, admin, wiki, session, id } = opened('1.6');
      const path = secretsOf(wiki, session);
      const copy = join(secretsDir(wiki), digit.repeat(40));
      writeFileSync(copy, readFileSync(path));
      const names = (file: string) => [
        ...parseSecrets({ name: '', bytes: readFileSync(file), stats: statSync(file) }).secrets.values(),
      ];
      expect(names(copy)).toContain(session.file);
      expect((await store.find(id))?.user?.name).toBe('JoeDoe');
      expect(await admin.expire({ userName: 'JoeDoe' })).toMatchObject({ failed: 0 });
      expect(names(path)).toEqual([]);
      expect(names(copy)).toEqual([]);
    },
  );
});
