import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { storeChecks } from 'moin-sessions/testing';
import { SqliteStore } from './sqlite-store.mjs';

const checks = storeChecks({
  open: () => new SqliteStore(join(mkdtempSync(join(tmpdir(), 'sqlite-store-')), 'sessions.db')),
  reopen: ({ path }) => new SqliteStore(path),
  plant: (store, id, text) => store.plant(id, text),
  remove: ({ path }) => rmSync(dirname(path), { recursive: true }),
});
for (const { title, run } of checks) test(title, run);
