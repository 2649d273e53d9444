import { join } from 'node:path';
import { isDenied, StoreError } from '../../../base/errors.js';
import type { CheckOptions } from '../../finding.js';
import { lockSlot, recognize } from '../layout.js';
import { ownerDigest } from '../list-entries.js';
import type { FileParts } from '../parts.js';
import { walk } from '../walk.js';
import { addDenied } from './denied.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import type { Listed } from './lists.js';
import { locked } from './locked.js';
import { mayMend, mend } from './mend.js';
import { mending } from './modes.js';
import { type Look, lookAt, type SessionFile } from './session-file.js';

type Folder = { prefix: string; path: string };

/** Checks every file in these folders. @param listed what the lists of users list; null when there are none to look at */
export async function checkSessions(
  parts: FileParts,
  folders: readonly Folder[],
  listed: Listed | null,
  options: CheckOptions,
): Promise<void> {
  const { observer, at } = options;
  const isListed = (userId: string, id: string) => listed === null || listed.has(ownerDigest(userId), id);
  const pick = ({ prefix, path: folder }: Folder, name: string): { file: SessionFile; look: Look } | null => {
    const file = { prefix, name, path: join(folder, name), id: recognize(prefix, name)?.id ?? null };
    const look = lookAt(parts, file, { at, isListed });
    if (look.entry !== null) observer.see(look.entry);
    return look.kinds.length === 0 ? null : { file, look };
  };
  for (const folder of folders) {
    try {
      for await (const batch of walk(parts.disk.folders, [folder], pick))
        for (const { file, look } of batch) await confirm(parts, file, look, options);
    } catch (error) {
      // The other folders are checked all the same.
      if (!(error instanceof StoreError)) throw error;
      if (isDenied(error)) addDenied(parts, folder.path, options, error);
      else options.findings.add(KINDS.unreadableFile, folder.path, { what: `${error.message}.` });
    }
    await observer.settle();
  }
}

/** Looks again while no writer is at work on the session, and mends what is left. */
async function confirm(
  parts: FileParts,
  file: SessionFile,
  first: Look,
  { findings, isFixing, at }: CheckOptions,
): Promise<void> {
  const { index } = parts;
  const owner = first.kinds.includes(KINDS.unlisted) ? (first.entry?.record?.user?.id ?? null) : null;
  // The lists of before may lack a session that has come since: now the list itself counts.
  const isListed = (userId: string, id: string) =>
    owner === null || [...index.ids(userId, { past: true })].includes(id);
  const slots = file.id === null ? [] : [lockSlot(file.id)];
  if (owner !== null) slots.push(index.listOf(owner).slot);
  await locked(parts, slots, isFixing, () => {
    const { kinds, entry } = lookAt(parts, file, { at, isListed });
    const record = entry?.record ?? null;
    const isOther = owner !== null && record?.user?.id !== owner;
    for (const kind of kinds) {
      if (!first.kinds.includes(kind) || (isOther && kind === KINDS.unlisted)) continue;
      if (kind === KINDS.denied) {
        addDenied(parts, file.path, { findings, isFixing });
        continue;
      }
      const may = mayMend(parts, file, kind);
      const outcome = mending(isFixing, may, () => kind.fixable && mend(parts, file, { kind, record, at }));
      findings.add(kind, exampleOf(file, kind), outcome);
    }
  });
}

/** A record's id, which other commands take; the path of what is no record, or must be mended by hand. */
function exampleOf({ id, path }: SessionFile, kind: { code: string }): string {
  const isAboutRecord = [KINDS.unlisted.code, KINDS.lateTime.code, KINDS.earlyTime.code].includes(kind.code);
  return isAboutRecord && id !== null ? id : path;
}
