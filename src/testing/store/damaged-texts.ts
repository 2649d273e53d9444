import { aRecord, idOf, owner } from './records.js';

const NEWER = JSON.stringify({ ...aRecord('a', { user: owner('u') }), version: 2 });

/** A record as the first version of this library wrote it: every later one must read it. Not made from today's types. */
export const FIRST_VERSION = `{"version":1,"id":"${idOf('a')}","kind":"user","user":{"id":"u","name":"Ursula","method":"moin_login"},
"created":1000,"seen":2000,"cookieExpires":3000,"expires":3603000,"revision":2,"remember":true,"ended":null,"data":{"cart":["tea"]}}`;

/** The text of a record `a` with a value of so many levels. */
export function nested(levels: number): string {
  const text = JSON.stringify(aRecord('a', { user: owner('u'), data: { deep: 'here' } }));
  return text.replace('"here"', '['.repeat(levels) + ']'.repeat(levels));
}

/** Texts under the id of `a` that are no session, and a word of the reason that `parseRecord` gives. */
export const DAMAGED: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', /empty/],
  [JSON.stringify(aRecord('a', { user: owner('u') })).slice(0, -20), /beginning/],
  ['\0\u0001\ufffd', /not JSON/],
  ['null', /not a JSON object/],
  ['[]', /not a JSON object/],
  ['{}', /version/],
  [NEWER, /version 2, newer than 1.*upgrade/],
  [JSON.stringify(aRecord('b')), /another id/],
  [JSON.stringify({ ...aRecord('a'), expires: 'S3cret' }), /expires/],
  [JSON.stringify({ ...aRecord('a'), kind: 'user' }), /user/],
  [JSON.stringify({ ...aRecord('a'), client: 'S3cret' }), /client/],
  [JSON.stringify({ ...aRecord('a'), client: { address: 1, userAgent: null, url: null } }), /client/],
  [JSON.stringify({ ...aRecord('a'), ended: { at: 1, by: 'user', reason: ['S3cret'] } }), /ended/],
  [JSON.stringify({ ...aRecord('a'), origin: 'S3cret' }), /origin/],
  [JSON.stringify({ ...aRecord('a'), data: 'S3cret' }), /data/],
  [nested(1001), /nested deeper than the 1000 levels/],
  [nested(20_000), /nested deeper than the 1000 levels/],
];
