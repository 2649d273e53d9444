import { bare } from '../base/own.js';
import { addedVary, asStrictAs, keepCookieOut } from './cache-headers.js';

/** Header fields of a response, by name in any case. `set-cookie` may be a list; undefined stands for no field. */
export interface ResponseHeaders {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** Header fields that are known to be sendable, by lower-case name. Only `set-cookie` may have more than one value. */
export type CheckedHeaders = ReadonlyMap<string, readonly string[]>;

/** The fields of a whole response, by lower-case name. */
export type MergedHeaders = Record<string, string | string[]>;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, section 5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields about the transfer of this response: the server alone knows them. */
const OF_THE_SERVER = [
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Checks the object's own fields.
 * @param allowed names of `OF_THE_SERVER` that may be given all the same
 * @throws TypeError that names the field and never shows its value
 */
export function checkHeaders(given: unknown, allowed: readonly string[] = []): CheckedHeaders {
  if (typeof given !== 'object' || given === null || 'then' in given || Symbol.iterator in given)
    throw new TypeError(
      "they must be an object such as { 'set-cookie': 'a=1' }, or a function that returns one",
    );
  const checked = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    assertName(name, key, allowed);
    checked.set(key, valuesOf(key, value));
  }
  return checked;
}

function assertName(name: string, key: string, allowed: readonly string[]): void {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a header`);
  if (OF_THE_SERVER.includes(key) && !allowed.includes(key))
    throw new TypeError(`${key} belongs to the server: leave it out`);
}

function valuesOf(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && name !== 'set-cookie')
    throw new TypeError(
      `${name} has a list of values, which only set-cookie may have: join them with commas`,
    );
  const values: unknown[] = Array.isArray(value) ? value : [value];
  for (const one of values) {
    if (typeof one !== 'string') throw new TypeError(`the value of ${name} is no string`);
    if (!VALUE.test(one))
      throw new TypeError(
        `the value of ${name} has a line break or another character that no header can hold: encode it`,
      );
  }
  return values as string[];
}

/**
 * Adds checked fields to those of a commit: `set-cookie` beside ours, `vary` and `cache-control` merged. Of other equal names
 * the later counts; of several `cache-control` too, unless one before is stricter. A cookie is kept out of shared caches.
 */
export function mergeHeaders(
  ours: Readonly<Record<string, string>>,
  more: readonly CheckedHeaders[],
): MergedHeaders {
  const merged: MergedHeaders = bare({ ...ours });
  const all = (name: string) => more.flatMap((fields) => fields.get(name) ?? []);
  for (const fields of more) for (const [name, [value = '']] of fields) merged[name] = value;
  const cookies = [ours['set-cookie'] ?? [], all('set-cookie')].flat();
  if (cookies.length > 0) merged['set-cookie'] = cookies.length === 1 ? (cookies[0] as string) : cookies;
  else delete merged['set-cookie'];
  const vary = all('vary').reduce(addedVary, ours.vary ?? '');
  if (vary !== '') merged.vary = vary;
  const cacheControl = all('cache-control').reduce(asStrictAs, ours['cache-control'] ?? '');
  if (cacheControl !== '')
    merged['cache-control'] = cookies.length > 0 ? keepCookieOut(cacheControl) : cacheControl;
  return merged;
}
