import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errorCode, StoreError } from '../errors.js';
import { withRemedy } from './fault.js';
import { SECRET_SLOT } from './file-layout.js';
import type { FileParts } from './file-parts.js';

/** 32 bytes or more, in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}\s*$/;

/** The site's secret as the store's folder keeps it; made on first use if `create` (spec 4), else null when there is none. */
export async function keptSecret(parts: FileParts, options: { create: boolean }): Promise<Buffer | null> {
  const path = parts.layout.secret;
  const doing = `cannot use the secret in ${path}`;
  const kept = withRemedy(doing, () => readSecret(path));
  if (kept !== null || !options.create) return kept;
  return parts.locks.exclusive(SECRET_SLOT, () =>
    withRemedy(doing, () => readSecret(path) ?? makeSecret(parts)),
  );
}

function makeSecret({ disk, layout }: FileParts): Buffer {
  const secret = randomBytes(32);
  disk.replace(layout.secret, `${secret.toString('base64url')}\n`);
  return secret;
}

/** A symbolic link is followed here: an operator may keep the secret elsewhere. */
function readSecret(path: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  if (SECRET.test(text)) return Buffer.from(text.trim(), 'base64url');
  throw new StoreError(
    `the secret in ${path} is not 32 bytes or more in base64url: restore it, or remove it, which ends all sessions`,
  );
}
