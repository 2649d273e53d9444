import type { MoinStore } from '../../moin/store.js';
import type { CliContext } from '../context.js';
import { type CookieFlags, cookieHeader } from '../input/cookies.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { verdictOf } from '../output/verdict.js';
import type { WhoAmI } from '../output/who-am-i.js';
import { wikiCookieHint } from '../site/log-hint.js';
import type { OpenSite } from '../site/site.js';
import { openWikiSimulator } from '../site/wiki-simulator.js';
import { answer } from './whoami-answer.js';

/** Who a cookie logs in on a MoinMoin wiki. What was taken for granted is noted on stderr. */
export async function whoAmIOnWiki(
  context: CliContext,
  store: MoinStore,
  { clock, lookup, options }: Pick<OpenSite, 'clock' | 'lookup' | 'options'>,
  flags: CookieFlags & Pick<OutputOptions, 'quiet'>,
): Promise<WhoAmI> {
  const simulator = await openWikiSimulator(store);
  const cookie = await cookieHeader(context, flags, simulator.cookieName);
  const now = clock();
  const result = simulator.run({ cookie, url: null, secure: false, now });
  const { request, notes, cookieExpires } = result;
  const hints = [...notes, wikiCookieHint(options, result)];
  if (!flags.quiet) for (const text of hints.filter(Boolean)) await note(context, text);
  // The first cookie is the one that this wiki reads.
  const sessionId = request.cookies[0]?.sessionId ?? null;
  const session = sessionId === null ? null : await lookup.get(sessionId);
  const stored = session?.state === 'active' ? session.cookieExpires : null;
  return {
    ...answer(request, sessionId, session, verdictOf(request)),
    cookieExpires: cookieExpires === null ? stored : dateOf(cookieExpires),
  };
}

/** Null for a time that no date can have: the cookie of a wiki may name any. */
function dateOf(ms: number): Date | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date;
}
