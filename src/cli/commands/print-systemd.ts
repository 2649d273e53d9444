import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SYSLOG } from '../../audit/open.js';
import { isUrl } from '../../base/realm.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { MoinStore } from '../../moin/store.js';
import type { CliContext } from '../context.js';
import { loadConfiguration } from '../site/config-file.js';
import { systemAccounts } from '../site/private-group.js';
import { type OpenSite, type SiteFlags, withSite } from '../site/site.js';
import { placeOfStore } from '../site/site-store.js';

const NAME = 'moin-sessions-purge';

/**
 * Prints the systemd units that purge this site's expired sessions once an hour. Their paths are absolute: a unit has neither
 * a home nor the path of a shell.
 */
export async function printSystemd(
  context: CliContext,
  flags: SiteFlags,
  unit: true | 'service' | 'timer',
): Promise<void> {
  const configuration = await loadConfiguration(context, { ...flags, quiet: true });
  const { origin } = placeOfStore(context, flags, configuration);
  // A unit does not get the variables of this shell.
  const isStoreNamed = origin === '--store' || origin === 'MOIN_SESSIONS_STORE';
  const { file } = configuration;
  const service = await withSite(context, flags, async (site) =>
    serviceOf(context, site, { file, isStoreNamed }),
  );
  const units = { service, timer: TIMER };
  if (unit !== true) return context.out.write(units[unit]);
  const named = (['service', 'timer'] as const).map(
    (kind) => `# /etc/systemd/system/${NAME}.${kind}\n${units[kind]}`,
  );
  await context.out.write(named.join('\n'));
}

const TIMER = `[Unit]
Description=Purge the expired sessions once an hour

[Timer]
OnCalendar=hourly
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target
`;

function serviceOf(
  { program, cwd, actor, uid }: CliContext,
  site: OpenSite,
  { file, isStoreNamed }: { file: string | null; isStoreNamed: boolean },
): string {
  const folder = folderOf(site.store.location);
  const where = isStoreNamed || file === null ? ['--store', site.store.location] : [];
  const config = file === null ? [] : ['--config', file];
  const wiki = isMoinStore(site.store) ? wikiFlags(site.store) : [];
  const command = [
    program.node,
    program.script,
    ...config,
    ...where,
    ...wiki,
    'purge',
    '--expired',
    '--quiet',
  ];
  const user = folder === null ? actor().user : ownerOf(folder, uid, actor().user);
  const written = [folder, auditFolderOf(site)].filter((path): path is string => path !== null);
  const paths = [...new Set(written)].map((path) => `ReadWritePaths=${quoted(path)}`);
  return `[Unit]
Description=Purge the expired sessions in ${site.store.location.replaceAll('%', '%%')}

[Service]
Type=oneshot
User=${user}
WorkingDirectory=${(file === null ? cwd : dirname(file)).replaceAll('%', '%%')}
ExecStart=${command.map(quoted).join(' ').replaceAll('$', '$$$$')}
# Variables that the configuration reads, such as REDIS_URL:
# EnvironmentFile=/etc/moin-sessions.env
${[...paths, ...HARDENING].join('\n')}
RestrictAddressFamilies=AF_UNIX${folder === null ? ' AF_INET AF_INET6' : ''}
`;
}

/** What a purge needs none of. Not `MemoryDenyWriteExecute`: Node compiles. */
const HARDENING = [
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectControlGroups=yes',
  'RestrictNamespaces=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'UMask=0077',
];

/** The settings of the wiki that say whose sessions are whose. */
function wikiFlags({ settings: { user_dir } }: MoinStore): string[] {
  return user_dir === undefined || user_dir === null ? [] : ['--wiki-config', `user_dir=${user_dir}`];
}

/** The folder of a file store or wiki; null for other stores. */
function folderOf(location: string): string | null {
  return /^(?:file|moin):/.test(location) ? location.slice('file:'.length) : null;
}

/** The folder of the audit log; null without a file. The folder, because a rotation makes a new file in it. */
function auditFolderOf({ options: { audit } }: OpenSite): string | null {
  if (audit === undefined || audit === SYSLOG) return null;
  return dirname(isUrl(audit) ? fileURLToPath(audit) : audit);
}

/** The name of the folder's owner, or the user id: the purge runs as the user of the server. */
function ownerOf(folder: string, own: number | null, ownName: string): string {
  const { uid } = statSync(folder);
  if (uid === own) return ownName;
  const line = systemAccounts()
    .users.split('\n')
    .find((account) => account.split(':')[2] === String(uid));
  return line?.split(':', 1)[0] ?? String(uid);
}

/** As a word of systemd: `%` and quotes have a meaning there; `$` has one in commands alone. */
function quoted(word: string): string {
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%');
  return `"${escaped}"`;
}
