import { UsageError } from '../../../base/errors.js';
import type { SessionsOptions } from '../../../config/options.js';
import { pathOf } from '../../../http/url.js';
import type { WikiRequest } from '../../../moin/simulate/view.js';
import type { MoinStore } from '../../../moin/store.js';
import type { CliContext } from '../../context.js';
import { inputText } from '../../input/cookies.js';
import { note } from '../../output/note.js';
import type { Output } from '../../output/output.js';
import type { OutputOptions } from '../../output/output-options.js';
import type { Recorded, ToldRequest } from '../../output/simulation-story.js';
import { verdictOf } from '../../output/verdict.js';
import { wikiCookieHint } from '../../site/log-hint.js';
import { openWikiSimulator, type WikiSimulator } from '../../site/wiki-simulator.js';
import type { RequestOptions } from './flags.js';
import { type BrowserRequest, isBrowserSecure, parseHeaders, requestOf } from './request.js';
import { curlOf } from './told.js';
import { writeSimulation } from './write.js';

type WikiOptions = RequestOptions & OutputOptions & { repeat: number };

/** What is simulated on a site of our own alone. */
const OWN_SITE = [
  ['login', '--login'],
  ['logout', '--logout'],
  ['basic', '--basic'],
  ['remoteUser', '--remote-user'],
] as const satisfies readonly (readonly [keyof RequestOptions, string])[];

const WITHOUT_EFFECT = [
  ['address', '--address'],
  ['proxy', '--proxy'],
  ['loginPath', '--login-path'],
] as const satisfies readonly (readonly [keyof RequestOptions, string])[];

interface Sent {
  request: BrowserRequest;
  recorded?: Recorded;
}

/** Explains what the MoinMoin of a wiki would do with the cookies. @returns the last result */
export async function simulateOnWiki(
  context: CliContext,
  site: Pick<SessionsOptions, 'audit'> & { store: MoinStore },
  options: WikiOptions,
  output: Output,
  now: number,
): Promise<ToldRequest | undefined> {
  assertForWiki(options);
  const simulator = await openWikiSimulator(site.store);
  const { sent, notes } = await sentTo(context, simulator, options);
  const told: ToldRequest[] = [];
  let hint = '';
  for (const { request, recorded } of sent) {
    const simulated = simulator.run(wikiRequest(request, now));
    const { request: result, notes: more, answerNotes } = simulated;
    hint = wikiCookieHint(site, simulated);
    told.push({ verdict: verdictOf(result), ...(recorded && { recorded }), ...result });
    notes.push(...more, ...answerNotes, ...formNotes(request));
  }
  const last = await writeSimulation(context, output, options, {
    at: new Date(now).toISOString(),
    notes: [...new Set([...withoutEffect(options), ...notes])],
    total: told.length,
    secrets: 'wiki',
    requests: inOrder(told),
  });
  if (hint !== '' && !options.quiet) await note(context, hint);
  return last;
}

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** @throws UsageError for what MoinMoin's own methods would have to answer */
function assertForWiki(options: WikiOptions): void {
  const flag = OWN_SITE.find(([key]) => options[key] !== undefined)?.[1];
  if (flag !== undefined)
    throw new UsageError(
      `${flag} is for sites of moin-sessions: on a MoinMoin wiki simulate explains the cookies of a page view, so leave it out`,
    );
  if (options.repeat > 1)
    throw new UsageError(
      '--repeat is for sites of moin-sessions: the cookies that a MoinMoin would send back are not made here, so leave it out',
    );
}

function withoutEffect(options: WikiOptions): string[] {
  return WITHOUT_EFFECT.filter(([key]) => options[key] !== undefined).map(
    ([, flag]) => `${flag} has no effect: MoinMoin's sessions do not look at it`,
  );
}

function formNotes({ method }: BrowserRequest): string[] {
  if (method === 'GET' || method === 'HEAD') return [];
  return [`what the body of a ${method} asks for is not simulated on a wiki: it is taken for a page view`];
}

async function sentTo(
  context: CliContext,
  simulator: WikiSimulator,
  options: WikiOptions,
): Promise<{ sent: Sent[]; notes: string[] }> {
  const { curl, har, harUrl: urlPart } = options;
  if (har === undefined) {
    const request =
      curl === undefined
        ? await requestOf(context, options, { cookieName: simulator.cookieName, remoteUserHeader: '' })
        : await curlOf(context, curl, options, []);
    return { sent: [{ request }], notes: [] };
  }
  const text = await inputText(context, '--har', har);
  const { harCookieName } = await import('./har/wiki-cookie.js');
  const { harRequests } = await import('./har/requests.js');
  const cookieName = harCookieName(text, simulator.view);
  const { requests, notes } = harRequests(text, { cookieName, loginPaths: [], urlPart });
  const headers = parseHeaders(options.header);
  const sent = requests.map(({ request, recorded }) => ({
    request: { ...request, headers: { ...request.headers, ...headers } },
    recorded,
  }));
  return { sent, notes };
}

function wikiRequest(request: BrowserRequest, now: number): WikiRequest {
  const { headers, url = '/' } = request;
  const secure = isBrowserSecure(request);
  const address = `${secure ? 'https' : 'http'}://${headers.host}${pathOf(url) ?? '/'}`;
  const isKnown = headers.host !== undefined && URL.canParse(address);
  return { cookie: headers.cookie, url: isKnown ? new URL(address) : null, secure, now };
}
