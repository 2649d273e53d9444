import type { Rehearsal } from '../../../simulate.js';
import type { CliContext } from '../../context.js';
import { inputText } from '../../input/cookies.js';
import type { ToldRequest } from '../../output/simulation-story.js';
import { verdictOf } from '../../output/verdict.js';
import type { RequestOptions } from './flags.js';
import type { HarRequest } from './har/requests.js';
import { arriving, type BrowserRequest, isBrowserSecure, parseHeaders } from './request.js';

/** What `simulate` sends: one request that is repeated, or the requests of an archive. */
export type Sending = { request: BrowserRequest; repeat: number } | { archive: readonly HarRequest[] };

/** The request of the curl command in a file or stdin, with the headers of `--header` in place of its own. @throws UsageError */
export async function curlOf(
  context: CliContext,
  file: string,
  options: RequestOptions,
  loginPaths: readonly string[],
): Promise<BrowserRequest> {
  const { curlRequest } = await import('./curl/request.js');
  const request = curlRequest(await inputText(context, '--curl', file), loginPaths);
  return { ...request, headers: { ...request.headers, ...parseHeaders(options.header) } };
}

/** Yields the result of each request. Those of an archive each meet the store as it is. */
export async function* told(
  rehearsal: Rehearsal,
  sending: Sending,
  options: RequestOptions,
): AsyncGenerator<ToldRequest> {
  if ('request' in sending) {
    const { request, repeat } = sending;
    const series = { request: arriving(request, options), repeat, isBrowserSecure: isBrowserSecure(request) };
    for await (const result of rehearsal.series(series)) yield { verdict: verdictOf(result), ...result };
    return;
  }
  for (const { request, recorded } of sending.archive) {
    rehearsal.startOver();
    const headers = { ...request.headers, ...parseHeaders(options.header) };
    const arrived = arriving({ ...request, headers }, options);
    for await (const result of rehearsal.series({ request: arrived }))
      yield { verdict: verdictOf(result), recorded, ...result };
  }
}
