import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import { LOGIN_PATHS } from '../../../http/login-form.js';
import { isMoinStore } from '../../../moin/is-moin-store.js';
import { DEFAULT_COOKIE_NAME } from '../../../session/cookie/attributes.js';
import type { Rehearsal } from '../../../simulate.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import { inputText, pasteHint, readsPaste } from '../../input/cookies.js';
import type { SiteOptions } from '../../input/flags.js';
import { note } from '../../output/note.js';
import { Output } from '../../output/output.js';
import type { OutputOptions } from '../../output/output-options.js';
import { cookieHint } from '../../site/log-hint.js';
import { NOT_CONFIGURED } from '../../site/not-configured.js';
import { type OpenSite, withSite } from '../../site/site.js';
import { assertConsistent } from './consistency.js';
import { assertExpected, type ExpectOptions } from './expectation.js';
import { addExpectOptions, addRequestOptions, type RequestOptions } from './flags.js';
import { notesOn, remoteUserHeader } from './notes.js';
import { requestOf } from './request.js';
import { curlOf, type Sending, told } from './told.js';
import { writeSimulation } from './write.js';

export interface SimulateOptions extends SiteOptions, OutputOptions, RequestOptions, ExpectOptions {
  repeat: number;
}

const EXAMPLES = `
pbpaste | moin-sessions simulate --cookie -  # why is this cookie refused?
pbpaste | moin-sessions simulate --curl -    # a request copied from the browser
moin-sessions simulate --har login.har       # where did the login get lost?
moin-sessions simulate --login --name alice --password-stdin < secret.txt
moin-sessions simulate --repeat 3            # a visitor's first three requests
moin-sessions simulate --cookie-file c.txt --at +2h --expect-none
`;

const NOTES = `On a MoinMoin wiki (--store moin:DIR) it explains what that MoinMoin would do with the cookies of a page view, with the wiki's settings as --wiki-config gives them. Logins, logouts and --repeat are for sites of moin-sessions.`;

export function defineSimulate(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addExpectOptions(addRequestOptions(command)).action((_options, self: Command) =>
    run(context, self.optsWithGlobals()),
  );
}

async function run(context: CliContext, options: SimulateOptions): Promise<void> {
  const output = new Output(context, options);
  assertShowable(output, options);
  assertConsistent(options);
  const hint = pasted(options) === null ? null : pasteHint(context, pasted(options) as string, options.quiet);
  if (hint !== null) await note(context, hint);
  const last = await withSite(context, options, (site) => simulateOn(context, site, options, output), {
    isConfigurationNeeded: true,
  });
  if (last !== undefined) assertExpected(last, options);
}

/** What stdin is to bring; null for nothing, or a password. */
function pasted(options: SimulateOptions): string | null {
  if (readsPaste(options)) return 'the cookie';
  if (options.curl === '-') return 'the curl command';
  return options.har === '-' ? 'the archive' : null;
}

async function simulateOn(
  context: CliContext,
  { options: site, methods, clock, asOf }: OpenSite,
  options: SimulateOptions,
  output: Output,
) {
  if (isMoinStore(site.store)) {
    const { simulateOnWiki } = await import('./on-wiki.js');
    return simulateOnWiki(context, { ...site, store: site.store }, options, output, clock());
  }
  const { cookieName = DEFAULT_COOKIE_NAME } = site;
  const { sending, notes } = await sendingOf(context, options, {
    cookieName,
    remoteUserHeader: remoteUserHeader(site),
  });
  const { rehearse } = await import('../../../simulate.js');
  const isConfigured = methods !== undefined;
  if (!isConfigured && !options.quiet) await note(context, NOT_CONFIGURED);
  const rehearsal: Rehearsal = await rehearse(site, {
    at: clock(),
    isConfigured,
    isAsOf: asOf !== undefined,
  });
  const requests = 'request' in sending ? [sending.request] : sending.archive.map(({ request }) => request);
  const useless = requests.flatMap((request) => notesOn(request, options, rehearsal.settings));
  const last = await writeSimulation(context, output, options, {
    at: rehearsal.at,
    notes: [...new Set([...notes, ...useless])],
    total: 'request' in sending ? sending.repeat : requests.length,
    secrets: secretsIn(rehearsal),
    requests: told(rehearsal, sending, options),
  });
  const hint = last === undefined ? '' : cookieHint(site, last);
  if (hint !== '' && !options.quiet) await note(context, hint);
  return last;
}

async function sendingOf(
  context: CliContext,
  options: SimulateOptions,
  names: { cookieName: string; remoteUserHeader: string },
): Promise<{ sending: Sending; notes: string[] }> {
  const { curl, har, harUrl: urlPart, repeat, loginPath: loginPaths = LOGIN_PATHS } = options;
  if (har !== undefined) {
    const { harRequests } = await import('./har/requests.js');
    const text = await inputText(context, '--har', har);
    const { requests: archive, notes } = harRequests(text, { ...names, loginPaths, urlPart });
    return { sending: { archive }, notes };
  }
  const request =
    curl === undefined
      ? await requestOf(context, options, names)
      : await curlOf(context, curl, options, loginPaths);
  return { sending: { request, repeat }, notes: [] };
}

function secretsIn({ settings, secrets }: Rehearsal) {
  return { count: secrets, isKept: settings.secrets === undefined };
}

/** @throws UsageError for a format or a flag that needs rows or ids: a simulation has neither */
function assertShowable({ format }: Output, { fields }: OutputOptions): void {
  if (!['table', 'json', 'ndjson'].includes(format))
    throw new UsageError(`simulate has no format ${format}: use --format table, json or ndjson`);
  if (fields !== undefined) throw new UsageError('simulate has no --fields: use --json and pick from that');
}
