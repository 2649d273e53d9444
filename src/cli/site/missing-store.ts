import { statSync } from 'node:fs';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import { note } from '../output/note.js';

/** Whether the folder of a file store is not there: it holds no sessions yet, or its volume is not mounted. */
export function isMissing({ location }: Pick<SessionStore, 'location'>): boolean {
  if (!location.startsWith('file:')) return false;
  return statSync(location.slice('file:'.length), { throwIfNoEntry: false }) === undefined;
}

/** Says that a store which may be missing is missing. */
export async function noteMissingStore(context: Pick<CliContext, 'err'>, store: SessionStore): Promise<void> {
  if (isMissing(store))
    await note(
      context,
      `there is no store at ${store.location.slice('file:'.length)} yet: a server makes it with its first session; if it did, mount the volume or correct the path`,
    );
}
