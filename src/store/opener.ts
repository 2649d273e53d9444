import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import type { Durability } from '../disk/durability.js';
import { assertLocksHold } from '../disk/kernel-locks.js';
import type { WikiSettings } from '../moin/settings.js';
import type { SessionStore } from './contract.js';
import { FileStore } from './file/store.js';
import { assertFolder, assertNothingElse } from './file/store-folder.js';
import { MemoryStore } from './memory.js';
import { parseRedisAddress } from './redis/address.js';

export interface OpenStoreOptions {
  /** What a save to a file store survives. Default `process`. */
  durability?: Durability;
  /** The folder that relative paths start from, such as a configuration's. Default: the working directory. */
  resolveFrom?: string;
  /** Throw when the store does not exist. Default false: it is an empty store. */
  mustExist?: boolean;
  /** Write nothing. Methods that would write throw a `StoreError`. Default false. */
  readOnly?: boolean;
  /** With `moin:DIR`: what the configuration of that wiki says, under its own names. Default: MoinMoin's defaults. */
  wiki?: WikiSettings;
}

/** Checks and resolves an address. Returns the function that opens the store there. */
type Opener = (where: string, options: OpenStoreOptions, late: LateStores) => StoreOpening;

/** Opens the stores that the command line loads late, because most sites have none of them. */
export interface LateStores {
  redis(
    where: string,
    options: { readOnly: boolean; mustExist: boolean },
  ): SessionStore | Promise<SessionStore>;
  /** @param dir absolute */
  moin(
    dir: string,
    settings: WikiSettings | undefined,
    options: { readOnly: boolean },
  ): SessionStore | Promise<SessionStore>;
}

/** Opens a store anew at each call. */
export type StoreOpening = () => SessionStore | Promise<SessionStore>;

/** Every kind of store, by the scheme of its address. */
const SCHEMES: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  ['file', openFileStore],
  ['memory', openMemoryStore],
  ['redis', openRedisStore],
  ['rediss', openRedisStore],
  ['redis+cluster', openRedisStore],
  ['rediss+cluster', openRedisStore],
  ['redis+sentinel', openRedisStore],
  ['rediss+sentinel', openRedisStore],
  ['moin', openMoinStore],
]);

/** At least two letters, because `C:\sessions` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/**
 * As `storeOpener` of `store/open`, for a caller that opens some stores in its own way.
 * @throws as there
 */
export function storeOpenerWith(
  late: LateStores,
  where: string | URL,
  options: OpenStoreOptions = {},
): StoreOpening {
  const text = isUrl(where) ? where.href : where;
  const open = openerOf(text);
  if (options.wiki !== undefined && open !== openMoinStore)
    throw new ConfigurationError(
      "option wiki is for the store of a MoinMoin wiki, 'moin:DIR': leave it out here",
    );
  return open(text, options, late);
}

/** Whether an address leads to the sessions of a MoinMoin wiki, by its scheme. */
export function isMoinAddress(where: string): boolean {
  return schemeOf(where) === 'moin';
}

/** Whether an address leads to a file store, by its scheme or as a path. */
export function isFileAddress(where: string): boolean {
  return ['file', undefined].includes(schemeOf(where));
}

function schemeOf(where: string): string | undefined {
  return SCHEME.exec(where)?.[1]?.toLowerCase();
}

function openerOf(where: string): Opener {
  // A space before an address would make a path of it, with a password in it perhaps.
  if (/^\s+[a-z][a-z0-9+.-]*:/i.test(where))
    throw new ConfigurationError('the address of the store begins with a space: leave it out');
  const scheme = schemeOf(where);
  if (scheme === undefined) return openFolder;
  const open = SCHEMES.get(scheme);
  if (open === undefined) throw unknownScheme(scheme);
  return open;
}

function openFileStore(where: string, options: OpenStoreOptions): StoreOpening {
  return openFolder(/^file:\/\//i.test(where) ? pathOfUrl(where) : where.slice('file:'.length), options);
}

function openFolder(
  path: string,
  { durability, resolveFrom = '.', mustExist, readOnly = false }: OpenStoreOptions,
): StoreOpening {
  if (path.trim() === '')
    throw new ConfigurationError("the store has no path: name a folder, as in 'file:DIR'");
  assertLocksHold();
  const dir = resolve(resolveFrom, path);
  return () => {
    if (mustExist) assertFolder(dir);
    assertNothingElse(dir);
    return new FileStore(dir, { readOnly, ...(durability !== undefined && { durability }) });
  };
}

function openMemoryStore(where: string): StoreOpening {
  if (where.toLowerCase() !== 'memory:') {
    throw new ConfigurationError(`'${where}': a memory store has no name, write 'memory:'`);
  }
  return () => new MemoryStore();
}

/** @throws ConfigurationError when the address is wrong */
function openRedisStore(
  where: string,
  { durability, readOnly = false, mustExist = false }: OpenStoreOptions,
  late: LateStores,
): StoreOpening {
  parseRedisAddress(where);
  if (durability === 'fsync')
    throw new ConfigurationError(
      "option durability: what a save to Redis survives is a setting of Redis ('appendfsync always'): leave the option out",
    );
  return () => late.redis(where, { readOnly, mustExist });
}

/** A wiki must exist in any case. @throws ConfigurationError when the address is wrong */
function openMoinStore(
  where: string,
  { durability, resolveFrom = '.', readOnly = false, wiki }: OpenStoreOptions,
  late: LateStores,
): StoreOpening {
  const path = where.slice('moin:'.length);
  if (path.trim() === '')
    throw new ConfigurationError("the wiki has no path: name its folder 'data', as in 'moin:/srv/wiki/data'");
  if (durability !== undefined)
    throw new ConfigurationError(
      'option durability is not for a MoinMoin wiki, whose files are written as the wiki writes them: leave the option out',
    );
  const dir = resolve(resolveFrom, path);
  return () => late.moin(dir, wiki, { readOnly });
}

/** Quotes the scheme only: the rest of an address may hold a password. */
function unknownScheme(scheme: string): ConfigurationError {
  const known = [...SCHEMES.keys()].map((name) => `${name}:`).join(', ');
  return new ConfigurationError(
    `'${scheme}:' names no kind of store: there are ${known}, or a path (begin it with ./ if it has a colon)`,
  );
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new ConfigurationError(`'${url}' is no path on this machine: write 'file:DIR' or 'file:///DIR'`, {
      cause: error,
    });
  }
}
