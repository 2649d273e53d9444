import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type StoryFrame, storyOf, type ToldRequest } from '../../../src/cli/output/simulation-story.js';
import { PLAIN } from '../../../src/cli/output/style.js';
import { unicodeRuler } from '../../../src/cli/output/text.js';
import { verdictOf } from '../../../src/cli/output/verdict.js';
import type { SetCookie } from '../../../src/session/cookie/response-cookie.js';
import type { SimulatedRequest } from '../../../src/simulate.js';
import type { CookieReport } from '../../../src/visit/visit.js';

const ruler = await unicodeRuler();
const ID = 'abcd'.repeat(8);
const zoe = { id: '7', name: 'zoe', method: 'moin_login', valid: true };
const refused: SimulatedRequest = {
  cookies: [{ name: 'MOIN_SESSION', kind: 'user', verdict: 'ok', sessionId: ID, secret: 1 }],
  otherCookies: [],
  steps: [
    {
      method: 'moin_session',
      userBefore: zoe,
      userAfter: { ...zoe, valid: false },
      continue: false,
      reason: 'refused-expired',
      text: 'the cookie expired an hour ago',
      effects: ['delete the cookie'],
    },
  ],
  user: null,
  session: { available: false, id: null, kind: 'anonymous', isNew: true, keys: [] },
  setCookies: [{ name: 'MOIN_SESSION', kind: null, action: 'delete', maxAge: 0, attributes: [] }],
  writes: [{ action: 'delete', id: ID }],
};
const restored: SimulatedRequest = {
  cookies: [{ name: 'MOIN_SESSION', kind: 'anon', verdict: 'bad-signature', sessionId: null, secret: null }],
  otherCookies: [],
  steps: [],
  user: { id: '7', name: 'שלום\x1b[2J', method: 'mine' },
  session: { available: true, id: ID, kind: 'user', isNew: false, keys: ['cart', 'trail\u202e'] },
  setCookies: [
    {
      name: 'MOIN_SESSION',
      kind: 'user',
      action: 'set',
      maxAge: 3600,
      attributes: ['Max-Age=3600', 'HttpOnly'],
    },
  ],
  writes: [],
};
const told = (request: SimulatedRequest, more: Partial<ToldRequest> = {}): ToldRequest => ({
  verdict: verdictOf(request),
  ...request,
  ...more,
});
const AT = '2026-05-01T12:00:00.000Z';

async function show(
  requests: Iterable<SimulatedRequest>,
  { width = 100, ...frame }: Partial<StoryFrame> & { width?: number } = {},
) {
  const given = [...requests].map((request) => told(request));
  const secrets = { count: 2, isKept: false };
  const whole = { at: AT, notes: [], total: given.length, secrets, ...frame };
  const texts: string[] = [];
  for await (const text of storyOf(given, whole, { width, style: PLAIN, ruler })) texts.push(text);
  return texts.join('');
}

describe('the story of a simulation', () => {
  it('spec 7: the verdict first; then who came in, each decision, who went out, and what would be written', async () => {
    expect(await show([refused])).toBe(`nobody is logged in: the cookie expired an hour ago
At 2026-05-01T12:00:00.000Z, on a read-only view of the store

  cookies   MOIN_SESSION has a good signature (kind user) by the second of 2 secrets, an older one
            and names session ${ID}
  step 1    moin_session: refused-expired; zoe → zoe (no longer logged in) (the chain ends here)
            the cookie expired an hour ago
            delete the cookie
  session   not available: what is put into it will not be saved
  response  deletes the cookie MOIN_SESSION
  store     would delete ${ID}
`);
  });

  it('names the secret that verified, without showing it', async () => {
    const by = (count: number, isKept: boolean) => show([refused], { secrets: { count, isKept } });
    const [first] = refused.cookies.map((cookie) => ({ ...cookie, secret: 0 }));
    const current = { ...refused, cookies: first ? [first] : [] };
    expect(await show([current], { secrets: { count: 2, isKept: true } })).toContain(
      'by the secret that the store keeps and',
    );
    expect(await by(1, false)).toContain('by the only secret and');
    expect(await by(3, false)).toContain('by the second of 3 secrets, an older one');
    const [cookie] = refused.cookies as [CookieReport];
    const seventh = { ...refused, cookies: [{ ...cookie, secret: 6 }] };
    expect(await show([seventh], { secrets: { count: 7, isKept: false } })).toContain('by the number 7 of 7');
  });

  it('numbers several requests, and the verdict on the last one comes first', async () => {
    const text = await show([refused, restored]);
    expect(text.split('\n')[0]).toBe('After 2 requests \u2068שלום␛[2J\u2069 is logged in');
    expect(text).toContain('Request 1 of 2: nobody is logged in: the cookie expired an hour ago\n');
    expect(text).toContain('Request 2 of 2: \u2068שלום␛[2J\u2069 is logged in\n');
    expect(text).toContain(`session   ${ID}, available, kind user, stored, holds cart, trail`);
    expect(text).toContain('sets the cookie MOIN_SESSION (kind user): Max-Age 3600 s; HttpOnly');
    expect(text).toContain('has a signature that no secret of this site makes');
    expect(text).toContain('store     stays as it is');
    expect(text).toContain('user      \u2068שלום␛[2J\u2069, id 7, by mine');
  });

  it('shows requests in a row that came out the same once', async () => {
    const text = await show([refused, ...Array(1234).fill(restored), refused, refused]);
    expect(text.match(/^Request.*$/gm)).toEqual([
      expect.stringMatching(/^Request 1 of 1,237: nobody/),
      expect.stringMatching(/^Request 2 of 1,237: /),
      'Requests 3 to 1,235: as request 2',
      expect.stringMatching(/^Request 1,236 of 1,237: nobody/),
      'Request 1,237: as request 1,236',
    ]);
    expect(text.length).toBeLessThan(4000);
  });

  it('does not wait for the last verdict when too many requests differ: then it comes last', async () => {
    const differing = Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? refused : restored));
    const text = await show(differing);
    expect(text.split('\n')[0]).toBe(`At ${AT}, on a read-only view of the store`);
    expect(text.match(/^Request \d+ of 300: /gm)).toHaveLength(300);
    expect(text.trimEnd().split('\n').at(-1)).toBe('After 300 requests \u2068שלום␛[2J\u2069 is logged in');
  });

  it('yields before it has read all, so that memory holds a few requests alone', async () => {
    let read = 0;
    async function* requests() {
      for (;;) yield told(read++ % 2 === 0 ? refused : restored);
    }
    const frame = { at: AT, notes: [], total: 1e6, secrets: { count: 1, isKept: true } };
    const story = storyOf(requests(), frame, { width: 80, style: PLAIN, ruler });
    await story.next();
    expect(read).toBeLessThan(200);
    await story.return(undefined);
  });

  it('says what has no effect under the verdict, and names cookies that are not read', async () => {
    const notes = ["--basic has no effect: there is no http_basic in 'auth'"];
    const otherCookies = ['a', 'b', 'c', 'd', 'e', 'f\x1b', `user.${'x'.repeat(43)}`];
    const text = await show([{ ...refused, otherCookies }], { notes });
    expect(text.split('\n')[2]).toBe(notes[0]);
    expect(text).toContain('of other names, which moin_session does not read: a, b, c, d, e and 2 more');
    const typed = await show([{ ...refused, otherCookies: [`user.${'x'.repeat(43)}`] }]);
    expect(typed).toContain('user.[hidden]');
  });

  it('spec 3: of a cookie that ends with the browser it says so', async () => {
    const [cookie] = restored.setCookies as [SetCookie];
    const session = {
      ...restored,
      setCookies: [{ ...cookie, maxAge: null, attributes: ['Path=/', 'HttpOnly'] }],
    };
    expect(await show([session])).toContain(
      'sets the cookie MOIN_SESSION (kind user): until the browser closes; Path=/; HttpOnly',
    );
  });

  it('writes no character that controls the terminal, and stays within its width', async () => {
    for (const width of [20, 40, 60, 80]) {
      const text = await show([refused, restored], { width, notes: ['a note with \x1b[2J in it'] });
      expect(text).not.toContain('\x1b');
      expect(text).not.toContain('\u202e');
      if (width >= 40)
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });
});

describe('the verdict', () => {
  const step = (method: string, reason: string, text: string) => ({
    method,
    userBefore: null,
    userAfter: null,
    continue: true,
    reason,
    text,
    effects: [],
  });
  const nobody = (steps: SimulatedRequest['steps'], otherCookies: string[] = []) =>
    verdictOf({ ...refused, steps, otherCookies });

  it('names the refusal, not what came of it', () => {
    const login = step('moin_login', 'rejected', 'the password is not that of zoe');
    const session = step('moin_session', 'login-failed', 'no method accepted this login');
    expect(nobody([login, session])).toBe('nobody is logged in: the password is not that of zoe');
  });

  it('names the veto, whatever else was refused', () => {
    const rejected = step('http_basic', 'rejected', 'there is no user of this name');
    const veto = { ...step('mine', 'veto', ''), userBefore: zoe };
    expect(nobody([rejected, veto])).toBe('nobody is logged in: mine: veto');
  });

  it('says which cookies came in place of ours', () => {
    const none = step('moin_session', 'no-cookie', 'the request brings no session cookie');
    expect(nobody([none])).toBe('nobody is logged in: the request brings no session cookie');
    expect(nobody([none], ['lang', 'csrf'])).toBe(
      'nobody is logged in: the request brings no cookie MOIN_SESSION, only lang, csrf',
    );
  });

  it('has a sentence for a chain that says nothing', () => {
    expect(nobody([])).toBe('nobody is logged in: no method of the chain established a user');
  });
});
