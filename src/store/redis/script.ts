import { lateCrypto } from '../../base/late-crypto.js';
import type { Call } from './call.js';
import { replyOf } from './redis-error.js';

/** A script in Redis: it runs alone, on one key. */
export interface Script {
  readonly source: string;
  readonly digest: string;
}

/** @param flag what Redis lets it do: `allow-oom` is to write when `maxmemory` is reached */
export function script(body: string, flag?: 'allow-oom'): Script {
  const text = flag === undefined ? body.trim() : `#!lua flags=${flag}\n${body.trim()}`;
  let digest: string | undefined;
  return {
    source: text,
    get digest() {
      digest ??= sha1(text);
      return digest;
    },
  };
}

/** Runs a script by its digest; sends its source where Redis does not have it: after a restart, a failover, SCRIPT FLUSH. */
export async function run(
  call: Call,
  { digest, source }: Script,
  key: string,
  args: string[],
): Promise<unknown> {
  try {
    return await call.send(key, ['EVALSHA', digest, '1', key, ...args]);
  } catch (error) {
    if (!replyOf(error).startsWith('NOSCRIPT')) throw error;
    return call.send(key, ['EVAL', source, '1', key, ...args]);
  }
}

export function sha1(text: string): string {
  return lateCrypto().hash('sha1', text, 'hex');
}
