import { PyBytes, PyDict, PyTuple, type PyValue } from './pickle/values.js';
import { readPickle } from './pickle/read.js';
import { writePickle } from './pickle/write.js';

const EXPIRES = 'expires';

/**
 * The pickle of a session with another expiry. All else stays: Python loads the equal object, with the same types.
 * @param bytes the pickle of a dict, or of a list of pairs, which MoinMoin 1.9 takes for one
 * @param expires in seconds
 * @throws PickleError as `readPickle`; TypeError for anything but a session
 */
export function withExpiry(bytes: Uint8Array, expires: number): Buffer {
  const session = readPickle(bytes);
  const value = BigInt(expires);
  if (session instanceof PyDict) session.set(session.has(EXPIRES) ? EXPIRES : PyBytes.from(EXPIRES), value);
  return writePickle(session);
}
