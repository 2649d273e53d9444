import type { AuthStep, AuthUser } from '../../auth/method.js';
import type { SetCookie } from '../../session/cookie/response-cookie.js';
import type { SimulatedRequest, Simulation } from '../../simulate.js';
import type { CookieReport } from '../../visit/visit.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';
import { isolate, type Ruler, wrap } from './text.js';

export interface TextLayout {
  width: number;
  style: Style;
  ruler: Ruler;
}

const VERDICTS: Readonly<Record<CookieReport['verdict'], string>> = {
  absent: 'none came with the request',
  malformed: 'is not of the form KIND.TOKEN.MAC, so it is ignored',
  'bad-signature': 'has a signature that no secret of this site makes, so it is ignored',
  ok: 'has a good signature',
};

/** Explains each request of a simulation to people. */
export function simulationText({ at, requests }: Simulation, layout: TextLayout): string {
  const sections = requests.map((request, index) => [
    layout.style.bold(requests.length > 1 ? `Request ${index + 1} of ${requests.length}` : 'Request'),
    ...requestLines(request, layout),
    '',
  ]);
  const opening = wrap(`At ${at}, on a read-only view of the store`, layout.width, layout.ruler);
  return [...opening, '', ...sections.flat()].join('\n');
}

function requestLines(request: SimulatedRequest, layout: TextLayout): string[] {
  const { cookies, steps, setCookies, writes } = request;
  return [
    ...section(
      'cookies',
      cookies.map((cookie) => cookieLine(cookie, layout.style)),
      layout,
    ),
    ...steps.flatMap((step, index) => stepLines(step, index, layout)),
    ...section('user', [userLine(request, layout.style)], layout),
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

/** A label with the texts wrapped in a column beside it. */
function section(label: string, texts: readonly string[], { width, ruler }: TextLayout): string[] {
  const indent = 12;
  const lines = texts.flatMap((text) => wrap(text, Math.max(20, width - indent), ruler));
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(indent - 2)}${line}`);
}

function cookieLine({ name, kind, verdict, sessionId, secret }: CookieReport, style: Style): string {
  const paint = verdict === 'ok' ? style.good : verdict === 'absent' ? style.dim : style.bad;
  const parts = [sanitize(name), paint(VERDICTS[verdict])];
  if (kind !== null) parts.push(`(kind ${kind})`);
  if (secret !== null && secret > 0) parts.push(`by secret ${secret + 1}, an older one`);
  if (sessionId !== null) parts.push(`and names session ${sessionId}`);
  return parts.join(' ');
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
  if (/refused|rejected|denied|failed|bad-|malformed/.test(reason)) return style.bad;
  return userAfter?.valid && !userBefore?.valid ? style.good : (text) => text;
}

function nameOf(user: AuthUser | null): string {
  if (user === null) return 'nobody';
  const name = isolate(sanitize(user.name));
  return user.valid ? name : `${name} (no longer logged in)`;
}

function userLine({ user }: SimulatedRequest, style: Style): string {
  if (user === null) return 'nobody is logged in';
  return `${style.good(isolate(sanitize(user.name)))} is logged in (id ${sanitize(user.id)}, by ${sanitize(user.method)})`;
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
