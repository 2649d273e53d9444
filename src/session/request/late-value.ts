import { warn } from '../../base/warn.js';

let warned = false;

/**
 * Warns once in a process when a change made after the response stays unsaved. Looks after the present turn of the event
 * loop, because `session.save()` may follow.
 */
export function warnIfUnsaved(key: string, hasUnsavedChanges: () => Promise<boolean>): void {
  if (warned) return;
  setImmediate(async () => {
    // A value that is not JSON any more cannot be saved either.
    const isUnsaved = await hasUnsavedChanges().catch(() => true);
    if (!isUnsaved || warned) return;
    warned = true;
    warn(
      'MOIN_SESSIONS_LATE_VALUE',
      `session key ${JSON.stringify(key)} was changed after the response had ended, and nothing saved it (further ones are not reported): call await session.save() after the change`,
    );
  });
}
