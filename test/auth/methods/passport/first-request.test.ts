import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passport } from '../../../../src/index.js';
import { withSessions } from '../../../../src/web/node.js';
import { makeSite, type Site } from '../../../aid/site.js';
import { HttpBrowser } from '../../../aid/web/http-browser.js';
import { listen, type Running } from '../../../aid/web/listen.js';

/** An OAuth 2 provider where everybody is `u-1`, and agrees. A code is good for one use (RFC 6749, section 4.1). */
function provider() {
  const codes = new Set<string>();
  return createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    if (pathname === '/authorize') {
      const code = randomBytes(8).toString('hex');
      codes.add(code);
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.search = String(new URLSearchParams({ code, state: searchParams.get('state') ?? '' }));
      return response.writeHead(302, { location: back.href }).end();
    }
    const isGood = codes.delete(new URLSearchParams(await text(request)).get('code') ?? '');
    return response.writeHead(isGood ? 200 : 400).end(JSON.stringify({ user: isGood ? 'u-1' : null }));
  });
}

interface OAuthRequest {
  query: { code?: string; state?: string };
  session: Record<string, { state: string } | undefined>;
}

/** What `passport-oauth2` does with `state: true`: it keeps a state in the session, compares it, and deletes it. */
class OAuthStrategy {
  name = 'oauth2';
  declare redirect: (url: string) => void;
  declare success: (user: object) => void;
  declare fail: (info: object, status: number) => void;

  constructor(
    readonly provider: string,
    readonly callback: () => string,
  ) {}

  async authenticate({ query, session }: OAuthRequest): Promise<void> {
    const key = `oauth2:${new URL(this.provider).host}`;
    if (query.code === undefined) {
      const state = randomBytes(16).toString('base64url');
      session[key] = { state };
      const sent = new URLSearchParams({ response_type: 'code', redirect_uri: this.callback(), state });
      this.redirect(`${this.provider}/authorize?${sent}`);
      return;
    }
    const kept = session[key]?.state;
    delete session[key];
    if (kept === undefined || kept !== query.state) return this.fail({ message: 'invalid state' }, 403);
    const body = new URLSearchParams({ grant_type: 'authorization_code', code: query.code });
    const token = await fetch(`${this.provider}/token`, { method: 'POST', body });
    if (!token.ok) return this.fail({ message: 'invalid code' }, 403);
    this.success({ id: ((await token.json()) as { user: string }).user, displayName: 'Alice' });
  }
}

describe.each(['returning', 'first-visit'] as const)('an OAuth login, anonymousSessions: %s', (value) => {
  let idp: Running;
  let app: Running;
  let site: Site;

  beforeEach(async () => {
    idp = await listen(provider());
    const strategy = new OAuthStrategy(idp.origin, () => `${app.origin}/auth/callback`);
    const oauth = passport(strategy, { when: ({ url }) => url.startsWith('/auth') });
    site = makeSite({ anonymousSessions: value, auth: [oauth, 'moin_session', 'moin_anon_session'] });
    site.users.add('Alice', 'u-1');
    const answer = withSessions(site.sessions, ({ visit }, response) => {
      response.end(JSON.stringify({ user: visit.user?.name ?? null, data: visit.session }));
    });
    app = await listen(createServer(answer));
  });

  afterEach(() => Promise.all([app.close(), idp.close()]));

  /** Follows the redirects to the provider and back. Returns the path and query of the callback. */
  async function sendAway(browser: HttpBrowser): Promise<string> {
    const away = await browser.fetch('/auth');
    expect(away.status).toBe(302);
    const back = await fetch(away.headers.get('location') ?? '', { redirect: 'manual' });
    const { pathname, search } = new URL(back.headers.get('location') ?? '');
    return pathname + search;
  }

  it('A1 S4: works as the very first request of a visitor', async () => {
    const browser = new HttpBrowser(app.origin);
    const callback = await sendAway(browser);
    expect(browser.cookie).toMatch(/^MOIN_SESSION=anon\./);
    expect(await site.records()).toMatchObject([{ kind: 'anonymous' }]);
    expect(await browser.json(callback)).toEqual({ user: 'Alice', data: {} });
    expect(await browser.json('/')).toEqual({ user: 'Alice', data: {} });
    expect(await site.records()).toMatchObject([{ kind: 'user', data: {} }]);
  });

  it('a callback in a browser that did not ask logs nobody in (login CSRF, RFC 6749, section 10.12)', async () => {
    const callback = await sendAway(new HttpBrowser(app.origin));
    const victim = new HttpBrowser(app.origin);
    expect(await victim.json(callback)).toMatchObject({ user: null });
    await victim.fetch('/auth');
    expect(await victim.json(callback)).toMatchObject({ user: null });
  });

  it('two first requests at once get a state each; the one whose cookie the browser kept comes back', async () => {
    const browser = new HttpBrowser(app.origin);
    const callbacks = await Promise.all([sendAway(browser), sendAway(browser)]);
    expect(await site.records()).toHaveLength(2);
    const kept = JSON.stringify(await browser.json('/'));
    const callback = callbacks.find((path) => kept.includes(new URLSearchParams(path).get('state') ?? ''));
    expect(await browser.json(callback ?? '/')).toEqual({ user: 'Alice', data: {} });
  });

  it('S8: other first requests write no record', async () => {
    const browser = new HttpBrowser(app.origin);
    await browser.fetch('/');
    expect(await site.records()).toEqual([]);
  });
});
