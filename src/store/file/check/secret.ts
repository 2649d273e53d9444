import { type Stats, statSync } from 'node:fs';
import { DAY } from '../../../base/clock.js';
import { StoreError } from '../../../base/errors.js';
import type { CheckOptions } from '../../finding.js';
import { underWayIn } from '../../secret.js';
import type { FileParts } from '../parts.js';
import { siteSecrets } from '../secret.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { closing, FILE_BITS, isOpen } from './modes.js';

const OLD = 365 * DAY;

/** Checks the secret in the store's folder. Shows nothing of it. */
export function checkSecret(parts: FileParts, { findings, isFixing, at }: CheckOptions): void {
  const path = parts.layout.secret;
  const own = parts.disk.stats(path);
  // What a link leads to is the operator's to mend.
  const stats = own?.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : own;
  if (own?.isFile() && own.nlink > 1) findings.add(KINDS.hardLink, path);
  if (stats?.isFile() && isOpen(stats, FILE_BITS)) {
    const outcome =
      own?.isFile() === true
        ? closing(parts, path, { stats, bits: FILE_BITS, isFixing })
        : { isFixable: false };
    findings.add(KINDS.openSecret, path, outcome);
  }
  try {
    const secrets = siteSecrets(parts);
    const { length } = secrets;
    const age = stats === undefined ? 0 : at - stats.mtimeMs;
    if (length > 0 && age > OLD) findings.add(KINDS.oldSecret, path);
    if (underWayIn(secrets) !== null) findings.add(KINDS.unfinishedRotation, path);
    else if (length > 1) findings.add(KINDS.severalSecrets, path, { what: oldSecrets(length - 1, stats) });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.add(KINDS.unusableSecret, path, { what: `${error.message}.` });
  }
}

/** The file was written last when a secret was added. */
function oldSecrets(count: number, stats: Pick<Stats, 'mtime'> | undefined): string {
  const what = count === 1 ? 'An old secret still verifies' : `${count} old secrets still verify`;
  return `${what}${stats === undefined ? '' : `; the last rotation was at ${stats.mtime.toISOString()}`}.`;
}
