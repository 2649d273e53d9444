import type { WikiFile } from '../files/folder.js';
import { type FileName, isFileName, nameOfBytes, nameOfText } from '../files/names.js';
import { PickleError } from '../pickle/error.js';
import { readPickle } from '../pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../pickle/values.js';

/** What a file of secrets says (1.6). */
export interface StoredSecrets {
  /** By index. Each names the file of a session. */
  secrets: ReadonlyMap<number, FileName>;
  /** The indices, the most recently used one first. */
  lru: readonly number[];
  /** When the file was written, in ms. */
  written: number;
}

const SECRETS_NAME = /^[0-9a-f]{40}$/;

/** Whether a file of this name holds secrets. */
export function isSecretsName(name: FileName): boolean {
  return SECRETS_NAME.test(name);
}

/** The secrets in a file. What could be no name of a file is left out. @throws PickleError when they are none */
export function parseSecrets({ bytes, stats }: WikiFile): StoredSecrets {
  const value = readPickle(bytes);
  const [dict, order] = value instanceof PyTuple && value.items.length === 2 ? value.items : [];
  if (!(dict instanceof PyDict) || !Array.isArray(order))
    throw new PickleError('it is no pair of secrets and their order');
  const secrets = new Map<number, FileName>();
  for (const [index, secret] of dict.entries) {
    const name = nameOf(secret);
    if (typeof index === 'bigint' && name !== null) secrets.set(Number(index), name);
  }
  const lru = order.filter((index) => typeof index === 'bigint').map(Number);
  return { secrets, lru, written: Math.floor(stats.mtimeMs) };
}

function nameOf(secret: PyValue): FileName | null {
  const name =
    secret instanceof PyBytes
      ? nameOfBytes(secret.bytes)
      : typeof secret === 'string'
        ? nameOfText(secret)
        : '';
  return isFileName(name) ? name : null;
}
