import type { CheckOptions } from '../../finding.js';
import type { FileParts } from '../parts.js';
import { checkFileSystem } from './file-system.js';
import { checkFolders } from './folders.js';
import { FILE_KINDS } from './kinds.js';
import { checkLists } from './lists.js';
import { ownerOfMost, wrongOwner } from './owner.js';
import { checkSecret } from './secret.js';
import { checkSessions } from './sessions.js';

/** Checks a file store: its folder, secret, lists, and every file of a session (`checkStore`). */
export async function checkFiles(parts: FileParts, options: CheckOptions): Promise<void> {
  checkFileSystem(parts.layout.root, options);
  const { records, hasLists } = await checkFolders(parts, options);
  checkSecret(parts, options);
  const listed = hasLists ? await checkLists(parts, options) : null;
  await checkSessions(parts, records, listed, options);
  const { findings } = options;
  const owner = findings.has(FILE_KINDS.stranger) ? ownerOfMost(parts) : null;
  if (owner !== null) findings.reword(FILE_KINDS.stranger, wrongOwner(parts, owner));
}
