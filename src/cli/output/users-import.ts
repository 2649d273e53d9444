import { counted, grouped } from './humanize.js';
import { part } from './report-text.js';
import type { ImportedRow } from './users.js';

/** What people read below the table of an import. @param folder of the wiki's users */
export function importSentences(rows: readonly ImportedRow[], folder: string): string[] {
  if (rows.length === 0) return [`Nothing to do: there is no user in ${folder}.`];
  const count = (result: ImportedRow['result']) => rows.filter((row) => row.result === result).length;
  const imported = rows.filter(({ result }) => result === 'imported');
  const locked = imported.filter(({ hasPassword }) => !hasPassword).length;
  const verb = rows.some(({ dryRun }) => dryRun) ? 'Would import' : 'Imported';
  const parts = [
    `${verb} ${counted(imported.length, 'user')} from ${folder}`,
    ...part(count('already-here'), 'already here'),
    ...part(count('conflict'), 'in conflict'),
    ...part(count('refused'), 'refused'),
  ];
  const passwords =
    locked === 0
      ? []
      : [
          `No password opens ${grouped(locked)} of these accounts until 'moin-sessions users passwd' sets one.`,
        ];
  return [`${parts.join(', ')}.`, ...passwords];
}
