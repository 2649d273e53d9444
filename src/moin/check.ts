import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { batchesOf } from '../base/batches.js';
import type { CheckOptions, FindingKind } from '../store/finding.js';
import { gapsOf } from '../store/gaps.js';
import { ALREADY, NEVER } from '../store/session-record.js';
import { WikiFolder } from './files/folder.js';
import { isName16, isName19, textOfName } from './files/names.js';
import { findLayout, type WikiFolders } from './layout.js';
import type { MoinStore } from './store.js';

const KINDS = {
  withoutExpiry19: {
    severity: 'info',
    code: 'wiki-session-without-expiry',
    what: 'A session has no expiry.',
    why: 'Its cookie opens it for ever. MoinMoin 1.9 writes the first file of a login so, and adds the expiry at the next request.',
    remedy: "Nothing to do: 'moin-sessions purge --expired' removes those of people who have not come back.",
    fixable: false,
  },
  withoutExpiry16: {
    severity: 'info',
    code: 'wiki-session-without-expiry',
    what: 'A session has no expiry.',
    why: 'The clean-up of MoinMoin 1.6 never removes it, nor does purge --expired.',
    remedy: "Look with 'moin-sessions inspect ID', and remove it with 'moin-sessions purge ID'.",
    fixable: false,
  },
  denied: {
    severity: 'error',
    code: 'wiki-file-denied',
    what: 'A file of the wiki cannot be read for want of rights.',
    why: 'The wiki itself may read it: nothing is known of what is in it, and nothing of it can be ended.',
    remedy: 'Run this as the user who owns the wiki, or as root. Remove nothing.',
    fixable: false,
  },
  noSession: {
    severity: 'info',
    code: 'wiki-file-no-session',
    what: 'A file in the folder of the sessions is no session.',
    why: 'MoinMoin reads none of this name, and its clean-up never removes it.',
    remedy: 'Look what it is. If nobody needs it, remove it.',
    fixable: false,
  },
  noOwner: {
    severity: 'warning',
    code: 'wiki-secret-without-user',
    what: 'A file of secrets belongs to no user who is known.',
    why: 'The user is gone, or the wiki was moved: then all cookies of that time open nothing, and whose the sessions are is not known.',
    remedy:
      "Give the folder of the users as the wiki's server spells it: --wiki-config user_dir=/srv/wiki/data/user",
    fixable: false,
  },
  copied: {
    severity: 'warning',
    code: 'wiki-secret-copied',
    what: 'A secret of a login is in more than one file of secrets.',
    why: 'MoinMoin gives each login a secret of its own, so somebody has copied the file: a login then ends with the last copy. expire and purge take the secret out of every file.',
    remedy: "Look whose the files are, and end the login: 'moin-sessions expire ID'.",
    fixable: false,
  },
  open: {
    severity: 'warning',
    code: 'wiki-open-to-others',
    what: 'Every user of this machine can look into a folder of the wiki.',
    why: 'The name of a session file opens the session, and the files of users hold the hashes of their passwords.',
    remedy: 'Take the rights of others away: chmod o-rwx, as the user who owns the wiki.',
    fixable: false,
  },
} satisfies Record<string, FindingKind>;

/**
 * Looks for what is wrong in a wiki, and has the observer see each of its sessions. Mends nothing: the files are the wiki's.
 * @throws StoreError when the wiki is out of reach
 */
export async function checkWiki(
  store: MoinStore,
  { findings, observer }: Pick<CheckOptions, 'findings' | 'observer'>,
): Promise<void> {
  const folders = findLayout(store.location.slice('moin:'.length));
  const { layout } = folders;
  for await (const batch of batchesOf(store.scan())) {
    for (const entry of batch) {
      if (gapsOf(store)?.has(entry.id)) {
        findings.add(KINDS.denied, entry.id);
        continue;
      }
      const expires = entry.record?.expires;
      if (expires === NEVER || expires === ALREADY)
        findings.add(layout === '1.9' ? KINDS.withoutExpiry19 : KINDS.withoutExpiry16, entry.id);
      observer.see(entry);
    }
    await observer.settle();
  }
  for (const path of store.userSecrets?.deniedFiles() ?? []) findings.add(KINDS.denied, path);
  for (const name of strangeNames(folders)) findings.add(KINDS.noSession, name);
  for (const path of filesWithoutUser(store)) findings.add(KINDS.noOwner, path);
  for (const path of copiesOfSecrets(store)) findings.add(KINDS.copied, path);
  for (const path of openFolders(folders, store)) findings.add(KINDS.open, path);
}

/** A name that begins as a session's may be half a secret. */
const LIKE_A_SECRET = /[0-9a-f]{16,}/gi;

function strangeNames({ layout, sessionDir }: WikiFolders): string[] {
  const folder = new WikiFolder(sessionDir);
  const isSession = layout === '1.9' ? isName19 : isName16;
  return folder
    .names()
    .filter((name) => !isSession(name) && folder.statsOf(name)?.isDirectory() === false)
    .map((name) => textOfName(name).replace(LIKE_A_SECRET, '…'));
}

/** 1.6. */
function filesWithoutUser({ userSecrets: secrets }: MoinStore): Set<string> {
  secrets?.renew();
  const owners = [...(secrets?.all().values() ?? [])];
  return new Set(owners.filter(({ userId }) => userId.startsWith('?')).map(({ file }) => file));
}

/** 1.6. As of the look of `filesWithoutUser`. */
function copiesOfSecrets({ userSecrets: secrets }: MoinStore): Set<string> {
  return new Set([...(secrets?.all().values() ?? [])].flatMap(({ copies }) => copies));
}

const OTHERS_LOOK = 0o004;
const OTHERS_PASS = 0o001;

/** Those that others can list, where they can come as far as that. None on Windows, which has no such modes. */
function openFolders({ sessionDir, secretsDir }: WikiFolders, { users }: MoinStore): string[] {
  if (process.platform === 'win32') return [];
  return [sessionDir, secretsDir, users?.dir ?? null].filter(
    (dir): dir is string => dir !== null && (modeOf(dir) & OTHERS_LOOK) !== 0 && isReachable(dir),
  );
}

function isReachable(dir: string): boolean {
  if ((modeOf(dir) & OTHERS_PASS) === 0) return false;
  const parent = dirname(dir);
  return parent === dir || isReachable(parent);
}

function modeOf(dir: string): number {
  return statSync(dir, { throwIfNoEntry: false })?.mode ?? 0;
}
