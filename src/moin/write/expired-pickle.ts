import { readPickle } from '../pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../pickle/values.js';
import { writePickle } from '../pickle/write.js';

const EXPIRES = PyBytes.from('expires');

/**
 * The pickle of a session with another expiry. Python loads an object that differs in nothing else: every type stays, also that of
 * the key, and that of a list of pairs, which MoinMoin 1.9 takes for a dict.
 * @param bytes the pickle of a session that was read before
 * @param expires in seconds
 * @throws PickleError as `readPickle`
 */
export function withExpiry(bytes: Uint8Array, expires: number): Buffer {
  const session = readPickle(bytes);
  if (session instanceof PyDict) session.set(EXPIRES, BigInt(expires));
  else if (Array.isArray(session)) setInPairs(session, BigInt(expires));
  return writePickle(session);
}

/** Of several pairs with one key the last counts. */
function setInPairs(pairs: PyValue[], expires: bigint): void {
  const at = pairs.findLastIndex((pair) => isExpiry(itemsOf(pair)[0]));
  const pair = pairs[at];
  if (pair === undefined) pairs.push(new PyTuple([EXPIRES, expires]));
  else
    pairs[at] = Array.isArray(pair)
      ? [pair[0] as PyValue, expires]
      : new PyTuple([itemsOf(pair)[0] as PyValue, expires]);
}

function itemsOf(pair: PyValue): readonly PyValue[] {
  if (pair instanceof PyTuple) return pair.items;
  return Array.isArray(pair) ? pair : [];
}

function isExpiry(key: PyValue | undefined): boolean {
  return key === EXPIRES.text || (key instanceof PyBytes && key.text === EXPIRES.text);
}
