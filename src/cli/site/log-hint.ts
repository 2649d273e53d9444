import type { SessionsOptions } from '../../config/options.js';
import type { WikiSimulation } from '../../moin/simulate/course.js';
import type { SimulatedRequest } from '../../simulate.js';
import { decisiveStep } from '../output/verdict.js';

/**
 * Where the audit log tells of a session of which the store knows nothing any more, to be added to a sentence; empty if the site
 * keeps no log.
 * @param id its id, or the first digits
 */
export function logHint({ audit }: Pick<SessionsOptions, 'audit'>, id: string): string {
  if (audit === undefined) return '';
  const command =
    audit === 'syslog' ? `journalctl -t moin-sessions -g ${id}` : `moin-sessions log --id ${id}`;
  return `'${command}' says what the audit log knows of it`;
}

/** The same, of the sessions of a user. */
function userHint({ audit }: Pick<SessionsOptions, 'audit'>, userId: string): string {
  if (audit === undefined) return '';
  const command =
    audit === 'syslog' ? `journalctl -t moin-sessions -g ${userId}` : `moin-sessions log --user ${userId}`;
  return `'${command}' says what the audit log knows of this user`;
}

/** Where the audit log tells of changes of the secret; empty if it does not. */
function secretHint({ audit, secrets }: Pick<SessionsOptions, 'audit' | 'secrets'>): string {
  if (audit === undefined || secrets !== undefined) return '';
  const command =
    audit === 'syslog'
      ? 'journalctl -t moin-sessions -g secret-rotated'
      : 'moin-sessions log --event secret-rotated';
  return `'${command}' says whether the secret was changed`;
}

/** What the audit log may add to why a cookie opens nothing: to an unknown session, and to a bad signature. */
export function cookieHint(
  site: Pick<SessionsOptions, 'audit' | 'secrets'>,
  { user, cookies, steps }: Pick<SimulatedRequest, 'user' | 'cookies' | 'steps'>,
): string {
  const { reason } = (user === null ? decisiveStep({ steps }) : undefined) ?? {};
  if (reason === 'bad-signature') return secretHint(site);
  if (reason !== 'refused-unknown') return '';
  const id = cookies.find(({ verdict, sessionId }) => verdict === 'ok' && sessionId !== null)?.sessionId;
  return id == null ? '' : logHint(site, id);
}

/** The reasons of a wiki that may stand for an end from outside of it. */
const ENDED_ON_WIKI: readonly string[] = ['refused-unknown', 'refused-expired', 'anonymous-new'];

/** What the audit log may add to why a cookie of a wiki opens nothing: the wiki keeps no reason. */
export function wikiCookieHint(
  site: Pick<SessionsOptions, 'audit'>,
  { request, formerUserId }: Pick<WikiSimulation, 'request' | 'formerUserId'>,
): string {
  const { user, cookies } = request;
  const { reason = '' } = (user === null ? decisiveStep(request) : undefined) ?? {};
  if (!ENDED_ON_WIKI.includes(reason)) return '';
  const id = cookies[0]?.sessionId ?? null;
  if (id !== null) return logHint(site, id);
  return formerUserId === null ? '' : userHint(site, formerUserId);
}
