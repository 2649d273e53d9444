import { statSync } from 'node:fs';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { FILE_PARTS, type FileParts } from '../../store/file/parts.js';
import { keptSecrets, underWayIn } from '../../store/secret.js';
import type { CliContext } from '../context.js';
import type { Setting } from '../output/settings.js';
import type { Configuration } from './config-file.js';
import type { SiteFlags } from './site.js';
import { openSiteStore } from './site-store.js';

type Keeper = SessionStore & Partial<SecretKeeper> & { [FILE_PARTS]?: FileParts };

/** How many secrets the store keeps, which one signs, and since when. Never throws, and shows no secret. */
export async function secretsState(
  context: CliContext,
  flags: SiteFlags,
  configuration: Configuration,
): Promise<Pick<Setting, 'value' | 'summary'>> {
  try {
    const store: Keeper = await openSiteStore(context, flags, configuration, { readOnly: true });
    try {
      await store.open?.();
      return { value: await stateOf(store) };
    } finally {
      await store.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { value: `not known: ${reason}`, summary: 'not known' };
  }
}

async function stateOf(store: Keeper): Promise<string> {
  if (store.secret === undefined) return 'none: this kind of store keeps no secret';
  const secrets = await keptSecrets(store);
  if (secrets.length === 0) return 'none yet: a server makes one at its start';
  const underWay = underWayIn(secrets);
  const known = underWay === null ? secrets : [...underWay.before, underWay.fresh];
  return `${known.length}${roles(known.length, underWay !== null)}${changedAt(store)}`;
}

function roles(count: number, isUnderWay: boolean): string {
  if (isUnderWay) return ': the first signs, and the last is of a rotation that is not over';
  if (count === 1) return '';
  return `: the first signs, ${count === 2 ? 'the old one verifies' : 'the old ones verify'}`;
}

/** Only a file has a time. */
function changedAt(store: Keeper): string {
  const path = store[FILE_PARTS]?.layout.secret;
  const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `; last changed ${stats.mtime.toISOString()}`;
}
