import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropSecrets, rotateSecret } from '../../../../src/session/admin/rotate-secret.js';
import { createSessions } from '../../../../src/sessions.js';
import { cli } from '../../../aid/cli/fake-context.js';
import { temporaryStore } from '../../../aid/file-store.js';
import { temporaryFolder } from '../../../aid/folder.js';
import { NOW } from '../../../aid/records.js';

it("spec 7: of a store that keeps its secrets, it says which cookie ends with 'secret rotate --drop'", async () => {
  const { store } = temporaryStore();
  const cwd = temporaryFolder();
  const config = { anonymousCookieLifetime: 2 };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  const newCookie = async () => {
    const visit = await createSessions({ ...config, store, clock: () => NOW }).begin({});
    return String((await visit.commit())['set-cookie']).split(';')[0] ?? '';
  };
  const told = async (cookie: string) =>
    (await cli({ cwd, store, columns: 300 }, 'simulate', '--cookie', cookie)).out;
  const rotate = () => rotateSecret(store, { isDry: false, wait: async () => {} });
  const oldest = await newCookie();
  expect(await told(oldest)).toContain('by the secret that the store keeps and');

  await rotate();
  const older = await newCookie();
  const past = "it opens nothing any more after 'secret rotate --drop'";
  expect(await told(oldest)).toContain(`by an older secret of the store (1 of 1): ${past}`);
  expect(await told(older)).toContain('by the secret that the store keeps and');

  await rotate();
  expect(await told(older)).toContain(`by an older secret of the store (1 of 2): ${past}`);
  expect(await told(oldest)).toContain(`by an older secret of the store (2 of 2): ${past}`);

  await dropSecrets(store, { isDry: false });
  expect(await told(older)).toContain('the signature does not match');
});
