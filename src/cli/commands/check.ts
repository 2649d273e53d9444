import type { Command } from 'commander';
import { probeAudit } from '../../audit/open.js';
import { PartialError, StoreError } from '../../base/errors.js';
import { isUrl } from '../../base/realm.js';
import { adviseOn } from '../../config/advice.js';
import type { SessionsOptions } from '../../config/options.js';
import { readOptions } from '../../config/settings.js';
import { adviseOnSuperusers } from '../../config/superusers.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import { checkNode } from '../../session/admin/check/environment.js';
import { RecordCheck } from '../../session/admin/check/records.js';
import { checkStore } from '../../store/check.js';
import type { SecretKeeper, SessionStore } from '../../store/contract.js';
import { type Finding, type FindingKind, Findings } from '../../store/finding.js';
import { keptSecrets } from '../../store/secret.js';
import { checkUserFile } from '../../users/check.js';
import type { UserDirectory } from '../../users/directory.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import { assertWritableNow, type SiteOptions } from '../input/flags.js';
import { findingTexts, findingView, isMended, summary } from '../output/findings.js';
import { counted } from '../output/humanize.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { RowOutput } from '../output/row-output.js';
import { unicodeRuler } from '../output/text.js';
import { capital } from '../output/words.js';
import { isMissing } from '../site/missing-store.js';
import { type OpenSite, withSite } from '../site/site.js';

interface CheckOptions extends SiteOptions, OutputOptions {
  fix?: boolean;
}

const UNCONFIGURED: FindingKind = {
  severity: 'info',
  code: 'no-configuration',
  what: 'There is no configuration here, so the store alone was checked.',
  why: 'Secrets, cookie, lifetimes, chain and users of the site are not known.',
  remedy: 'Name the configuration with --config FILE.',
  fixable: false,
};

const AUDIT: FindingKind = {
  severity: 'error',
  code: 'audit-log-unwritable',
  what: 'The audit log cannot be written.',
  why: 'The server does not start, and no command changes anything.',
  remedy: 'Make its folder, give it to the user of the server, or correct the option audit.',
  fixable: false,
};

const USERS: FindingKind = {
  severity: 'error',
  code: 'user-file-unreadable',
  what: 'The user file cannot be read.',
  why: 'Nobody can log in, and every request of somebody who is logged in fails.',
  remedy: 'Do as the message says, then check again: whether users of sessions exist was not looked at.',
  fixable: false,
};

const NO_STORE: FindingKind = {
  severity: 'warning',
  code: 'no-store-yet',
  what: 'The store of the configuration is not there.',
  why: 'A server makes it with its first session. If this site had sessions, they are lost to it.',
  remedy: 'Start the server and log in once; or mount the volume, or correct the path.',
  fixable: false,
};

const NO_SECRET: FindingKind = {
  severity: 'error',
  code: 'secret-missing',
  what: 'The store has sessions, and no secret.',
  why: 'No cookie opens a session: servers that run refuse requests, and one that starts makes a new secret, which ends all sessions.',
  remedy: "Restore the secret from a backup; or list it in the option 'secrets'.",
  fixable: false,
};

const EXAMPLES = `
moin-sessions check         # what is wrong, why, and what to do
moin-sessions check --fix   # also mend what is safe
moin-sessions check --json  # for programs
moin-sessions check -q || mail -s 'look at the sessions' root < /dev/null
`;

const NOTES = `
It writes nothing without --fix, and runs beside servers. With --fix it mends
modes, modification times, lists of users, and files that a killed process left.
Exit 0: no errors or warnings are left; hints do not count. Exit 4: some are.`;

export function defineCheck(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  command
    .option('--fix', 'mend what is safe, and say what was mended')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: CheckOptions): Promise<void> {
  const isFixing = options.fix === true;
  if (isFixing) assertWritableNow(options);
  const output = new RowOutput(context, options, findingView);
  const how = {
    readOnly: !isFixing,
    isConfigurationNeeded: true,
    mayBeMissing: 'folder',
    saysGaps: true,
  } as const;
  const found = await withSite(context, options, (site) => findingsOf(context, site, options), how);
  await write(context, output, found);
  const left = found.filter((one) => one.severity !== 'info' && !isMended(one));
  if (left.length > 0)
    throw new PartialError(`${counted(left.length, 'finding')} to look at: what to do is said above`);
}

/** Checks from the outside to the inside: environment, configuration, users, store. */
async function findingsOf(
  context: CliContext,
  { store, users: directory, clock, methods, audit, options: given }: OpenSite,
  { fix: isFixing = false, quiet = false }: CheckOptions,
): Promise<Finding[]> {
  const findings = new Findings();
  const at = clock();
  checkNode(findings, at);
  const users = await readableUsers(directory, given.users, findings);
  if (methods === undefined) {
    if (!isMoinStore(store)) findings.add(UNCONFIGURED, null);
  } else {
    adviseOn(readOptions(given), store.location, findings);
  }
  const { superuser } = isMoinStore(store) ? store.settings : given;
  if (users !== undefined) await adviseOnSuperusers(superuser ?? [], users, findings);
  const hasStore = !isMissing(store);
  if (!hasStore) findings.add(NO_STORE, store.location);
  checkAudit(given.audit, context.cwd, findings);
  if (typeof given.users === 'string' || isUrl(given.users))
    checkUserFile(given.users, { findings, isFixing });
  const progress = startProgress(context, 'checking', { quiet });
  let seen = 0;
  const onSeen = () => {
    seen += 1;
    progress.at(seen);
  };
  try {
    const observer = new RecordCheck({ findings, users, at, onSeen, isWiki: isMoinStore(store) });
    if (isMoinStore(store))
      await (await import('../../moin/check.js')).checkWiki(store, { findings, observer });
    else if (hasStore) await checkStore(store, { at, isFixing, findings, observer });
    await observer.settle(true);
    const keepsSecret = methods !== undefined && given.secrets === undefined;
    if (keepsSecret && seen > 0) await checkSecret(store, findings);
  } finally {
    progress.end();
  }
  const mended = findings.list().reduce((sum, { fixed }) => sum + fixed, 0);
  if (mended > 0) audit({ event: 'mended', count: mended });
  return findings.list();
}

/** The users, unless their file cannot be read: then that is a finding, and the rest is checked without them. */
async function readableUsers(
  directory: UserDirectory | undefined,
  users: SessionsOptions['users'],
  findings: Findings,
): Promise<UserDirectory | undefined> {
  if (directory === undefined || !(typeof users === 'string' || isUrl(users))) return directory;
  try {
    await directory.findById('');
    return directory;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.add(USERS, null, { what: `${capital(error.message)}.` });
    return undefined;
  }
}

function checkAudit(audit: SessionsOptions['audit'], folder: string, findings: Findings): void {
  try {
    probeAudit(audit, folder);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.add(AUDIT, null, { what: `A server ${error.message}.` });
  }
}

/** Of one that is there but cannot be used, the check of the store says more. */
async function checkSecret(store: SessionStore & Partial<SecretKeeper>, findings: Findings): Promise<void> {
  if (store.secret === undefined) return;
  const secrets = await keptSecrets(store).catch(() => null);
  if (secrets?.length === 0) findings.add(NO_SECRET, store.location);
}

async function write(
  context: CliContext,
  output: RowOutput<Finding>,
  found: readonly Finding[],
): Promise<void> {
  if (output.format !== 'table' || output.hasFields) return output.writeRows(found);
  const look = { width: context.columns, style: await output.style(), ruler: await unicodeRuler() };
  await output.writeLines([...findingTexts(found, look), `${summary(found)}\n`]);
}
