import type { WikiFile } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { readPickle } from '../pickle/read.js';
import { type PyDict, PyTuple, type PyValue } from '../pickle/values.js';
import { writePickle } from '../pickle/write.js';
import { parseSecrets } from '../secrets/secrets-file.js';

/**
 * The bytes of a file of secrets (1.6) without this secret. Its index leaves the order, too; a file without any secret stays as
 * `({}, [])`, as MoinMoin itself leaves it after the last logout. All else stays, with its types.
 * @returns null when the secret is not in it
 * @throws PickleError when the file holds no secrets
 */
export function withoutSecret(file: WikiFile, secret: FileName): Buffer | null {
  const indices = [...parseSecrets(file).secrets]
    .filter(([, name]) => name === secret)
    .map(([index]) => BigInt(index));
  if (indices.length === 0) return null;
  const [dict, order] = (readPickle(file.bytes) as PyTuple).items as [PyDict, PyValue[]];
  for (const index of indices) dict.delete(index);
  const isLeft = (index: PyValue) => typeof index !== 'bigint' || !indices.includes(index);
  return writePickle(new PyTuple([dict, order.filter(isLeft)]));
}
