import type { Command } from 'commander';
import { ConfigurationError } from '../../../base/errors.js';
import type { SessionsOptions } from '../../../config/options.js';
import { readOptions } from '../../../config/settings.js';
import { dropSecrets, type RotationReport, rotateSecret } from '../../../session/admin/rotate-secret.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import {
  addWritingOptions,
  assertWritableNow,
  type SiteOptions,
  type WritingOptions,
} from '../../input/flags.js';
import { askConsent } from '../../output/consent.js';
import { counted, shortDuration } from '../../output/humanize.js';
import { note } from '../../output/note.js';
import type { OutputOptions } from '../../output/output-options.js';
import { rotationText, rotationView } from '../../output/rotation.js';
import { RowOutput } from '../../output/row-output.js';
import { sanitize } from '../../output/sanitize.js';
import { type OpenSite, withSite } from '../../site/site.js';
import { NO_SECRET_OF_WIKI } from '../wiki-notes.js';

interface RotateOptions extends SiteOptions, OutputOptions, WritingOptions {
  drop?: boolean;
}

const EXAMPLES = `
moin-sessions secret rotate --dry-run
moin-sessions secret rotate         # a new secret signs, the old ones verify
moin-sessions secret rotate --drop  # later: the old ones verify no more
`;

const NOTES = `
The servers go on, and nobody is logged out: for two seconds the new secret only
verifies, so that every server knows it; then it signs. If it is killed between,
run it again. The old one verifies until --drop. Drop it when people's sessions
have been refreshed, at the latest after the longest lifetime: whoever has not
come back by then is logged out.`;

export function defineRotate(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addWritingOptions(command)
    .option('--drop', 'drop the old secrets, and go on with the one that signs')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: RotateOptions): Promise<void> {
  assertWritableNow(options);
  const output = new RowOutput(context, options, rotationView);
  const how = {
    readOnly: options.dryRun === true,
    isConfigurationNeeded: true,
    refusesWiki: NO_SECRET_OF_WIKI,
  };
  await withSite(
    context,
    options,
    async (site) => {
      assertKept(site);
      const report = options.drop ? await drop(context, site, options) : await rotate(context, site, options);
      if (options.dryRun !== true && (!options.drop || report.dropped > 0))
        site.audit({ event: 'secret-rotated', ...(options.drop && { reason: 'old secrets dropped' }) });
      if (output.format === 'table' && !output.hasFields) await output.write(`${rotationText(report)}\n`);
      else await output.writeSingle(report);
    },
    how,
  );
}

/** @throws ConfigurationError when the configuration lists its secrets: the store's signs nothing then */
function assertKept({ options }: OpenSite): void {
  if (options.secrets === undefined) return;
  throw new ConfigurationError(
    "the configuration lists its own 'secrets', which only you can change: add what 'moin-sessions secret generate' prints at the end and restart all servers; then put it first and restart again; remove the old one after the longest lifetime",
  );
}

async function rotate(
  context: CliContext,
  { store }: OpenSite,
  { dryRun = false, quiet = false }: RotateOptions,
): Promise<RotationReport> {
  const wait = async (ms: number): Promise<void> => {
    if (!quiet) await note(context, `servers read the new secret within ${ms / 1000} seconds; then it signs`);
    while ((await context.wait(ms)) === 'resized');
  };
  return rotateSecret(store, { isDry: dryRun, wait });
}

/** Asks first: a cookie that only an old secret verifies opens nothing any more. */
async function drop(
  context: CliContext,
  { store, options: given }: OpenSite,
  options: RotateOptions,
): Promise<RotationReport> {
  const foreseen = await dropSecrets(store, { isDry: true });
  if (foreseen.dropped > 0 && options.dryRun && !options.quiet) await note(context, whoLosesOut(given));
  if (foreseen.dropped === 0 || options.dryRun) return { ...foreseen, dryRun: options.dryRun === true };
  if (!options.yes) await confirmDrop(context, foreseen.dropped, store.location);
  return dropSecrets(store, { isDry: false });
}

/** No store knows cookies, so nobody can count them. */
function whoLosesOut(options: SessionsOptions): string {
  const { lifetimes } = readOptions(options);
  const longest = Math.max(...([true, false] as const).map((remember) => lifetimes.of('user', remember)));
  const last = shortDuration(Math.max(longest, lifetimes.of('anonymous', false)));
  return `the store knows no cookies, so the sessions that end cannot be counted: they are those that have not come back since the rotation, whose time 'moin-sessions check' says; the longest lifetime is ${last}`;
}

async function confirmDrop(context: CliContext, count: number, location: string): Promise<void> {
  const what = `drop ${counted(count, 'old secret')} of ${sanitize(location)}`;
  const who = 'has not come back since the rotation is logged out';
  await askConsent(
    context,
    `Really ${what}? Whoever ${who}.`,
    `this would ${what}, and who ${who}: add --yes, or look first with --dry-run`,
  );
}
