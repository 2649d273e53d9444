import type { AuthStep, AuthUser } from '../../auth/method.js';
import type { SetCookie } from '../../session/cookie/response-cookie.js';
import type { SimulatedRequest } from '../../simulate.js';
import type { CookieReport } from '../../visit/visit.js';
import { redact } from './redact.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';
import { type Ruler, wrap } from './text.js';
import { isRefusing, someNames } from './verdict.js';
import { shown } from './words.js';

export interface TextLayout {
  width: number;
  style: Style;
  ruler: Ruler;
}

/** The secrets that verify cookies. */
export interface SecretsInUse {
  count: number;
  /** The store keeps them; else the configuration names them. */
  isKept: boolean;
}

const VERDICTS: Readonly<Record<CookieReport['verdict'], string>> = {
  absent: 'none came with the request',
  malformed: 'is not of the form KIND.TOKEN.MAC, so it is ignored',
  'bad-signature': 'has a signature that no secret of this site makes, so it is ignored',
  ok: 'has a good signature',
};
/** On a MoinMoin wiki. */
const WIKI_VERDICTS: typeof VERDICTS = {
  absent: 'none came with the request',
  malformed: 'is not taken for a session of this wiki',
  'bad-signature': 'has a signature that no secret of its user makes',
  ok: 'is not signed',
};
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/**
 * The lines that explain one request to people, without its heading.
 * @param secrets those of the site, or `wiki` on a MoinMoin wiki, which has some of its own for each user, or none
 */
export function requestLines(
  request: SimulatedRequest,
  secrets: SecretsInUse | 'wiki',
  layout: TextLayout,
): string[] {
  const { cookies, otherCookies, steps, setCookies, writes } = request;
  const others =
    otherCookies.length === 0
      ? []
      : [otherLine(otherCookies, secrets === 'wiki' ? 'this MoinMoin' : 'moin_session')];
  const ours = cookies.map((cookie) => cookieLine(cookie, secrets, layout.style));
  return [
    ...section('cookies', [...ours, ...others], layout),
    ...steps.flatMap((step, index) => stepLines(step, index, layout)),
    ...section('user', userLine(request, layout.style), layout),
    ...section('session', [sessionLine(request)], layout),
    ...section('response', orNothing(setCookies.map(setCookieLine), 'sends no cookie'), layout),
    ...section(
      'store',
      orNothing(
        writes.map(({ action, id }) => `would ${action} ${id}`),
        'stays as it is',
      ),
      layout,
    ),
  ];
}

/** A label with the texts wrapped in a column beside it; nothing without texts. */
export function section(label: string, texts: readonly string[], { width, ruler }: TextLayout): string[] {
  const indent = 12;
  const lines = texts.flatMap((text) => wrap(text, Math.max(20, width - indent), ruler));
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(indent - 2)}${line}`);
}

function cookieLine(cookie: CookieReport, secrets: SecretsInUse | 'wiki', style: Style): string {
  const { name, kind, verdict, sessionId, secret } = cookie;
  const paint = verdict === 'ok' ? style.good : verdict === 'absent' ? style.dim : style.bad;
  // A cookie that a secret of its user verified is one of 1.6, which signs.
  const verdicts = secrets === 'wiki' && secret === null ? WIKI_VERDICTS : VERDICTS;
  const parts = [sanitize(name), paint(verdicts[verdict])];
  if (kind !== null) parts.push(`(kind ${kind})`);
  if (secret !== null && secrets !== 'wiki') parts.push(whichSecret(secret, secrets));
  if (sessionId !== null) parts.push(`and names session ${sessionId}`);
  return parts.join(' ');
}

function whichSecret(index: number, { count, isKept }: SecretsInUse): string {
  if (isKept && index > 0)
    return `by an older secret of the store (${index} of ${Math.max(index, count - 1)}): it opens nothing any more after 'secret rotate --drop'`;
  if (isKept) return 'by the secret that the store keeps';
  if (count === 1) return 'by the only secret';
  const ordinal = ORDINALS[index] ?? `number ${index + 1}`;
  return `by the ${ordinal} of ${count} secrets${index > 0 ? ', an older one' : ''}`;
}

/** A name may be a value that was typed in its place. */
function otherLine(names: readonly string[], reader: string): string {
  return `of other names, which ${reader} does not read: ${sanitize(redact(someNames(names)))}`;
}

/** A line with the method, its reason and the user before and after; then its explanation and its effects. */
function stepLines(step: AuthStep, index: number, layout: TextLayout): string[] {
  const { method, userBefore, userAfter, reason, text, effects } = step;
  const ends = step.continue ? '' : ' (the chain ends here)';
  const before = nameOf(userBefore);
  const after = nameOf(userAfter);
  const change = before === after ? before : `${before} → ${after}`;
  const heading = `${layout.style.bold(sanitize(method))}: ${reasonColor(step, layout.style)(sanitize(reason))}; ${change}${ends}`;
  const details = [text, ...effects].filter((line) => line !== '').map((line) => sanitize(line));
  return [...section(`step ${index + 1}`, [heading], layout), ...section('', details, layout)];
}

function reasonColor({ reason, userBefore, userAfter }: AuthStep, style: Style): (text: string) => string {
  if (isRefusing(reason)) return style.bad;
  return userAfter?.valid && !userBefore?.valid ? style.good : (text) => text;
}

function nameOf(user: AuthUser | null): string {
  if (user === null) return 'nobody';
  return user.valid ? shown(user.name) : `${shown(user.name)} (no longer logged in)`;
}

/** Nothing for nobody: the heading says so. */
function userLine({ user }: SimulatedRequest, style: Style): string[] {
  if (user === null) return [];
  return [`${style.good(shown(user.name))}, id ${sanitize(user.id)}, by ${sanitize(user.method)}`];
}

function sessionLine({ session }: SimulatedRequest): string {
  if (session === null || !session.available) return 'not available: what is put into it will not be saved';
  const named = session.id === null ? 'available' : `${session.id}, available`;
  const age = session.isNew ? 'nothing stored yet' : 'stored';
  const keys = session.keys.length === 0 ? 'empty' : `holds ${session.keys.map(sanitize).join(', ')}`;
  return `${named}, kind ${session.kind}, ${age}, ${keys}`;
}

function setCookieLine({ action, name, kind, maxAge, attributes }: SetCookie): string {
  if (action === 'delete') return `deletes the cookie ${sanitize(name)}`;
  const age = maxAge === null ? 'until the browser closes' : `Max-Age ${maxAge} s`;
  const details = [age, ...attributes.filter((attribute) => !/^max-age/i.test(attribute))];
  return `sets the cookie ${sanitize(name)} (kind ${kind}): ${details.map(sanitize).join('; ')}`;
}

function orNothing(texts: string[], nothing: string): string[] {
  return texts.length > 0 ? texts : [nothing];
}
