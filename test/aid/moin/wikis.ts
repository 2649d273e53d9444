import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../../../src/base/json.js';
import type { Layout } from '../../../src/moin/layout.js';
import { temporaryFolder } from '../folder.js';
import { tarEntries } from './tar.js';

/** What is known of a session file of a sample wiki. */
export interface ExpectedSession {
  file: string;
  /** What Python reads from it; tuples are lists. */
  decoded: Record<string, Json>;
  /** Of each value, by its key: `int`, `tuple of str`. */
  types: Record<string, string>;
  opcodes: string[];
  /** Of the file's bytes. */
  sha256: string;
  size: number;
  /** In s. */
  mtime: number;
  /** 1.6 alone. */
  kind?: 'anonymous' | 'user';
  user_id: string | null;
  user_name: string | null;
  /** 1.6 alone. */
  secidx?: number | null;
  setuid_user_name: string | null;
  how_made: string;
}

interface ExpectedUser {
  id: string;
  name: string;
  password: string;
  fields: Record<string, string>;
}

/** A file of secrets (1.6). */
interface ExpectedSecrets {
  file: string;
  secrets: Record<string, string>;
  lru: number[];
  user_id: string;
  user_name: string;
}

/** What `expected.json` says of a sample wiki. */
interface Expected {
  /** The clock to give a reader, in s. */
  generated_at: number;
  /** What 1.6 made the names of the files of secrets from. */
  user_dir_at_generation: string;
  superuser: string[];
  sessions: ExpectedSession[];
  users: ExpectedUser[];
  ussc?: ExpectedSecrets[];
  cookies?: JsonObject[];
}

/** A sample wiki in a folder of its own. */
export interface SampleWiki {
  /** The folder that holds `data`. */
  dir: string;
  data: string;
  sessionDir: string;
  expected: Expected;
  /** The clock to give a reader, in ms. */
  now: number;
}

/**
 * Folders that servers of MoinMoin 1.6 (April 2007) and 1.9.11 wrote, each with an `expected.json` beside its `data`. Made by
 * `tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime=@1795397434 | gzip -n9`.
 */
const ARCHIVE = fileURLToPath(new URL('../../moin/wikis.tar.gz', import.meta.url));

let archive: Buffer | undefined;

/** Unpacks a sample wiki. Its session files get the times that they had. @param folder default: a new one for this test */
export function unpackWiki(layout: Layout, folder = temporaryFolder()): SampleWiki {
  archive ??= gunzipSync(readFileSync(ARCHIVE));
  const top = `moin-${layout}-wiki`;
  for (const { name, bytes } of tarEntries(archive)) {
    if (!name.startsWith(`${top}/`)) continue;
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    if (name.endsWith('/')) mkdirSync(path, { recursive: true });
    else writeFileSync(path, bytes);
  }
  const dir = join(folder, top);
  const data = join(dir, 'data');
  const sessionDir = join(data, layout === '1.9' ? 'cache/__session__' : 'cache/__common__/session');
  const expected = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8')) as Expected;
  for (const { file, mtime } of expected.sessions) utimesSync(join(sessionDir, file), mtime, mtime);
  return { dir, data, sessionDir, expected, now: Math.floor(expected.generated_at * 1000) };
}
