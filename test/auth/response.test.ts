import { expect, it } from 'vitest';
import { type AuthMethod, type AuthResult, createSessions } from '../../src/index.js';
import { onlyRecord } from '../aid/records.js';
import { SECRET } from '../aid/site.js';
import { WatchedStore } from '../aid/watched-store.js';

function method(name: string, result: Partial<AuthResult>): AuthMethod {
  return { name, authenticate: (_request, { user }) => ({ user, continue: true, ...result }) };
}

const redirect = (location: string) => ({ response: { status: 302, headers: { location } } });

it('of several responses the first counts, and later methods still run', async () => {
  const auth = [method('one', redirect('/1')), method('two', redirect('/2')), 'moin_session' as const];
  const sessions = createSessions({ store: new WatchedStore(), secrets: SECRET, auth });
  const visit = await sessions.begin({});
  expect(visit.response).toEqual({ status: 302, headers: { location: '/1' } });
  expect(visit.trace.map((step) => step.method)).toEqual(['one', 'two', 'moin_session']);
});

it('a method that ends the chain with its response leaves the request without a session', async () => {
  const auth = [method('one', { continue: false, ...redirect('/1') }), 'moin_session' as const];
  const visit = await createSessions({ store: new WatchedStore(), secrets: SECRET, auth }).begin({});
  expect(visit.session.available).toBe(false);
  expect((await visit.commit())['set-cookie']).toBeUndefined();
});

it('S4: a user who logs in without a form gets a session of their own, with the values of later methods too', async () => {
  const store = new WatchedStore();
  const user = { id: '1', name: 'alice' };
  const values = new Map([['theme', 'dark']]);
  const auth = [method('one', { user, login: true, values }), 'moin_session' as const];
  const visit = await createSessions({ store, secrets: SECRET, auth }).begin({});
  expect((await visit.commit())['set-cookie']).toMatch(/^MOIN_SESSION=user\./);
  expect(await onlyRecord(store)).toMatchObject({ kind: 'user', data: { theme: 'dark' } });
});

it('an undefined value removes what the session held', async () => {
  const store = new WatchedStore();
  const options = { store, secrets: SECRET, anonymousCookieLifetime: 1 };
  const anonymous = ['moin_session' as const, 'moin_anon_session' as const];
  const site = createSessions({ ...options, auth: anonymous });
  const cookie = String((await (await site.begin({})).commit())['set-cookie']).split(';')[0];
  const visit = await site.begin({ headers: { cookie } });
  visit.session.set('a', 1).set('b', 2);
  await visit.commit();
  const auth = [method('one', { values: new Map([['a', undefined]]) }), ...anonymous];
  await (await createSessions({ ...options, auth }).begin({ headers: { cookie } })).commit();
  expect((await onlyRecord(store)).data).toEqual({ b: 2 });
});
