import { StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';

/** 32 bytes or more, in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}$/;

/** The site's secret in Redis. With `create`, a missing secret is made (spec 4); else it is null. */
export async function siteSecret(
  connection: Connection,
  keys: Keys,
  location: string,
  { create }: { create: boolean },
): Promise<Buffer | null> {
  const key = keys.secret;
  const get = () => connection.call({ isWrite: false }).send(key, ['GET', key]) as Promise<string | null>;
  let text = await get();
  if (text === null && create) {
    const secret = lateCrypto().randomBytes(32).toString('base64url');
    await connection.call({ isWrite: true }).send(key, ['SET', key, secret, 'NX']);
    text = await get();
  }
  if (text === null) return null;
  if (SECRET.test(text)) return Buffer.from(text, 'base64url');
  throw new StoreError(
    `the secret under the key ${key} of the store ${location} is not 32 bytes or more in base64url: restore it, or delete the key, which ends all sessions`,
  );
}
