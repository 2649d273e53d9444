import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import { DEFAULT_COOKIE_NAME } from '../../../session/cookie/attributes.js';
import type { Simulation } from '../../../simulate.js';
import { type CliContext, isInteractive } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import { gather, parseCount } from '../../input/parse.js';
import { PASSWORD_STDIN } from '../../input/password.js';
import { note } from '../../output/note.js';
import { Output } from '../../output/output.js';
import type { OutputOptions } from '../../output/output-options.js';
import { safeJson } from '../../output/sanitize.js';
import { simulationText } from '../../output/simulation.js';
import { unicodeRuler } from '../../output/text.js';
import { type OpenSite, withSite } from '../../site/site.js';
import { assertExpected, type ExpectOptions } from './expectation.js';
import { assertConsistent, type RequestOptions, readsPaste, requestOf } from './request.js';

const NOT_CONFIGURED =
  'there is no configuration here, so users, auth chain, secrets and lifetimes of the site are not known: name it with --config FILE';

interface SimulateOptions extends SiteOptions, OutputOptions, RequestOptions, ExpectOptions {
  repeat: number;
}

const EXAMPLES = `
moin-sessions simulate --cookie -            # paste a cookie: why is it refused?
pbpaste | moin-sessions simulate --cookie -  # the clipboard of a Mac
moin-sessions simulate --login --name alice --password-stdin < secret.txt
moin-sessions simulate --repeat 3            # a visitor's first three requests
moin-sessions simulate --cookie-file c.txt --at +2h --expect-none
`;

export function defineSimulate(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  command
    .option('--cookie <cookie>', 'NAME=VALUE or a whole Cookie header; - for stdin; repeatable', gather)
    .option('--cookie-file <file>', 'read the cookies from a file; - for stdin')
    .optionsGroup('Login')
    .option('--login', 'send a login form, with --name and a password')
    .option('--name <name>', 'the name in the login form')
    .option(...PASSWORD_STDIN)
    .option('--remember-me', 'tick "remember me" in the login form')
    .option('--logout', 'send a logout')
    .option('--basic <name>', 'send HTTP Basic authentication')
    .option('--remote-user <name>', 'send the name as a reverse proxy would')
    .optionsGroup('Connection')
    .option('--header <header>', "send a header 'Name: value'; repeatable", gather)
    .option('--https', 'simulate a request over HTTPS')
    .option('--address <ip>', 'simulate a request from this address (default: 127.0.0.1)')
    .optionsGroup('Options')
    .option('--repeat <count>', 'number of requests; cookies are kept as a browser would', parseCount, 1)
    .optionsGroup('Expectations')
    .option('--expect-user <name>', 'exit with 3 unless this user is logged in at the end')
    .option('--expect-anonymous', 'exit with 3 unless there is an anonymous session')
    .option('--expect-session', 'exit with 3 unless a session is available')
    .option('--expect-none', 'exit with 3 if there is a user or an available session')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: SimulateOptions): Promise<void> {
  const output = new Output(context, options);
  assertShowable(output, options);
  assertConsistent(options);
  if (readsPaste(options) && isInteractive(context) && !options.quiet)
    await note(context, 'paste the cookie, then press Enter and Ctrl-D');
  const simulation = await withSite(context, options, (site) => simulateOn(context, site, options), {
    isConfigurationNeeded: true,
  });
  await output.write(await textOf(simulation, context, output));
  const last = simulation.requests.at(-1);
  if (last !== undefined) assertExpected(last, options);
}

async function simulateOn(
  context: CliContext,
  { options: siteOptions, methods, clock }: OpenSite,
  options: SimulateOptions,
): Promise<Simulation> {
  const request = await requestOf(context, options, siteOptions.cookieName ?? DEFAULT_COOKIE_NAME);
  const { simulate } = await import('../../../simulate.js');
  const isConfigured = methods !== undefined;
  if (!isConfigured && !options.quiet) await note(context, NOT_CONFIGURED);
  return simulate(siteOptions, { request, repeat: options.repeat, at: clock(), isConfigured });
}

/** @throws UsageError for a format or a flag that needs rows or ids: a simulation has neither */
function assertShowable({ format }: Output, { fields }: OutputOptions): void {
  if (!['table', 'json', 'ndjson'].includes(format))
    throw new UsageError(`simulate has no format ${format}: use --format table, json or ndjson`);
  if (fields !== undefined) throw new UsageError('simulate has no --fields: use --json and pick from that');
}

async function textOf(simulation: Simulation, context: CliContext, output: Output): Promise<string> {
  if (output.format === 'json') return `${safeJson(simulation, 2)}\n`;
  if (output.format === 'ndjson')
    return simulation.requests.map((request) => `${safeJson(request)}\n`).join('');
  const style = await output.style();
  return simulationText(simulation, { width: context.columns, style, ruler: await unicodeRuler() });
}
