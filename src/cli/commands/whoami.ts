import type { Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import { DEFAULT_COOKIE_NAME } from '../../session/cookie/attributes.js';
import type { SimulatedRequest } from '../../simulate.js';
import { Answer, type CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import { addCookieOptions, type CookieFlags, cookieHeader, pasteHint, readsPaste } from '../input/cookies.js';
import type { SiteOptions } from '../input/flags.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { RowOutput } from '../output/row-output.js';
import { verdictOf } from '../output/verdict.js';
import { type WhoAmI, whoAmIText, whoAmIView } from '../output/who-am-i.js';
import { messageLines } from '../process/message-lines.js';
import { cookieHint } from '../site/log-hint.js';
import { NOT_CONFIGURED } from '../site/not-configured.js';
import { type OpenSite, withSite } from '../site/site.js';
import { expressSessionOf, notVerified } from './express-cookie.js';
import { answer } from './whoami-answer.js';
import { whoAmIOnWiki } from './whoami-on-wiki.js';

interface WhoAmIOptions extends SiteOptions, OutputOptions, CookieFlags {}

/** Exit code when the cookie logs nobody in. */
const NOBODY = 3;

const EXAMPLES = `
pbpaste | moin-sessions whoami -                 # who is this? exit code 0, or 3
moin-sessions whoami --cookie-file c.txt --json  # for programs
moin-sessions whoami --cookie-file c.txt -q && echo "still logged in"
`;

const NOTES =
  "It runs the auth chain as 'simulate' does, or on a MoinMoin wiki (moin:DIR) what that MoinMoin runs, and writes nothing. 'simulate' explains each step.";

export function defineWhoami(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addCookieOptions(command)
    .argument('[-]', 'read the cookie from stdin')
    .action((dash: string | undefined, _options, self: Command) =>
      run(context, dash, self.optsWithGlobals()),
    );
}

async function run(
  context: CliContext,
  dash: string | undefined,
  { cookie, ...options }: WhoAmIOptions,
): Promise<void> {
  const output = new RowOutput(context, options, whoAmIView);
  // The argument may be a cookie, so it is not repeated.
  if (dash !== undefined && dash !== '-')
    throw new UsageError('whoami takes no cookie as an argument: pipe it to whoami -, or use --cookie-file');
  const given = dash === undefined ? cookie : [...(cookie ?? []), '-'];
  const flags = { ...options, ...(given && { cookie: given }) };
  assertOneSource(flags);
  const hint = readsPaste(flags) ? pasteHint(context, 'the cookie', options.quiet) : null;
  if (hint !== null) await note(context, hint);
  const who = await withSite(context, options, (site) => whoAmI(context, site, flags), {
    isConfigurationNeeded: true,
  });
  await write(context, output, who);
  if (who.user === null) throw new Answer(NOBODY);
}

/** @throws UsageError without a cookie, or with stdin twice */
function assertOneSource({ cookie = [], cookieFile }: CookieFlags): void {
  if (cookie.length === 0 && cookieFile === undefined)
    throw new UsageError("whoami needs a cookie: pipe it to 'whoami -', or name a file with --cookie-file");
  if ([...cookie, cookieFile].filter((source) => source === '-').length > 1)
    throw new UsageError('stdin can be read only once: give - once');
}

async function whoAmI(
  context: CliContext,
  opened: OpenSite,
  flags: CookieFlags & Pick<OutputOptions, 'quiet'>,
): Promise<WhoAmI> {
  const { options: site, methods, clock, lookup, asOf } = opened;
  if (isMoinStore(site.store)) return whoAmIOnWiki(context, site.store, opened, flags);
  const cookie = await cookieHeader(context, flags, site.cookieName ?? DEFAULT_COOKIE_NAME);
  const { simulate } = await import('../../simulate.js');
  const request = { headers: { cookie }, remoteAddress: '127.0.0.1' };
  const isConfigured = methods !== undefined;
  if (!isConfigured && !flags.quiet) await note(context, NOT_CONFIGURED);
  const { requests } = await simulate(site, {
    request,
    at: clock(),
    isConfigured,
    isAsOf: asOf !== undefined,
  });
  const result = requests[0] as SimulatedRequest;
  const hint = cookieHint(site, result);
  if (hint !== '' && !flags.quiet) await note(context, hint);
  const express = result.user === null ? await expressSessionOf(cookie, lookup) : null;
  const sessionId = sessionOf(result) ?? express?.session.id ?? null;
  const session = sessionId === null ? null : await lookup.get(sessionId);
  const isForeign = express !== null && sessionId === express.session.id;
  return answer(result, sessionId, session, isForeign ? notVerified(express) : verdictOf(result));
}

/** The session that the store has under the cookie. One of a new token is none: it is only simulated. */
function sessionOf({ cookies, session }: SimulatedRequest): string | null {
  const named = cookies.filter(({ verdict }) => verdict === 'ok').map(({ sessionId }) => sessionId);
  const own = session?.available ? session.id : null;
  return named.find((id) => id === own) ?? named[0] ?? null;
}

async function write({ out, columns }: CliContext, output: RowOutput<WhoAmI>, who: WhoAmI): Promise<void> {
  const { format, hasFields } = output;
  if (format === 'count') return output.write(who.user === null ? '0\n' : '1\n');
  if (format === 'ids' && who.sessionId === null) return;
  if (format === 'table' && !hasFields) {
    const text = whoAmIText(who, output.now());
    return output.write(`${out.isTTY ? messageLines(text, columns).join('\n') : text}\n`);
  }
  await output.writeSingle(who);
}
