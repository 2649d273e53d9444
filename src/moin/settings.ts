import { ConfigurationError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { show } from '../base/show.js';
import { didYouMean } from '../base/suggest.js';
import type { Layout } from './layout.js';

/**
 * What a wiki's configuration says, under the names that it has there. Every setting is optional; a missing one, and null, stand for
 * MoinMoin's default. The store itself needs `user_dir` alone, and that only for 1.6; `simulate` needs the others.
 */
export interface WikiSettings {
  /** The end of the cookie's name (1.9): `MOIN_SESSION_` and this. Default: made from `server_port` and `script_name`. */
  cookie_name?: string | null;
  /** Hours of a login; in 1.9 also two numbers, for visitors and for users. */
  cookie_lifetime?: number | readonly [anonymous: number, user: number] | null;
  /** Hours of a visitor's session (1.6). */
  anonymous_cookie_lifetime?: number | null;
  /** Hours of a visitor's session (1.9), where `cookie_lifetime` is one number. */
  anonymous_session_lifetime?: number | null;
  /** The names of the users who may act as others. */
  superuser?: readonly string[] | null;
  /**
   * The folder of the users, as the wiki's server spells it. 1.6 makes the names of the files with secrets from it, so a wiki
   * that was moved needs it. Users are read from here if this folder exists, else from `data/user`.
   */
  user_dir?: string | null;
  /** The names of the auth methods, in order: `moin`, `given`, `http`, `sslclientcert`, `moin_login`, `moin_session`, … */
  auth?: readonly string[] | null;
  /** How many pages the trail keeps. */
  trail_size?: number | null;
  cookie_path?: string | null;
  cookie_domain?: string | null;
  /** Null: whenever the request came over HTTPS (1.9). */
  cookie_secure?: boolean | null;
  /** Scripts of a page cannot read the cookie (1.9). */
  cookie_httponly?: boolean | null;
  /** The port that the wiki's server takes itself to have (1.9). */
  server_port?: number | null;
  /** The path that the wiki is mounted on (1.9): `/my/wiki`. Default: the root. */
  script_name?: string | null;
}

interface Rule {
  isGood(value: unknown): boolean;
  /** What a value must be, for the message. */
  is: string;
  /** The one layout that has this setting. Default: both. */
  only?: Layout;
}

const hours: Rule = { isGood: Number.isFinite, is: 'a number of hours' };
const names: Rule = {
  isGood: (value) => Array.isArray(value) && value.every(isText),
  is: 'a list of names, such as ["AdminUser"]',
};
const flag: Rule = { isGood: (value) => typeof value === 'boolean', is: 'true or false' };

const RULES: Readonly<Record<keyof WikiSettings, Rule>> = {
  cookie_name: {
    isGood: (value) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
    is: 'the characters of a cookie name',
    only: '1.9',
  },
  cookie_lifetime: {
    isGood: (value) => Number.isFinite(value) || isPair(value),
    is: 'a number of hours, or in 1.9 two of them: [visitors, users]',
  },
  anonymous_cookie_lifetime: { ...hours, only: '1.6' },
  anonymous_session_lifetime: { ...hours, only: '1.9' },
  superuser: names,
  user_dir: { isGood: isText, is: 'the path of a folder' },
  auth: {
    isGood: (value) => names.isGood(value) && (value as string[]).every((name) => /^[\w.-]+$/.test(name)),
    is: 'a list of names of auth methods, such as ["moin", "given"]: no Python',
  },
  trail_size: { isGood: isCount, is: 'a count' },
  cookie_path: { isGood: isPath, is: "a path that begins with '/'" },
  cookie_domain: { isGood: isText, is: 'the name of a domain' },
  cookie_secure: { ...flag, only: '1.9' },
  cookie_httponly: { ...flag, only: '1.9' },
  server_port: {
    isGood: (value) => isCount(value) && value > 0 && value < 0x10000,
    is: 'a port',
    only: '1.9',
  },
  script_name: {
    isGood: (value) => value === '' || isPath(value),
    is: "a path that begins with '/'",
    only: '1.9',
  },
};

/** The names of all settings, in the order of the documents. */
export const WIKI_SETTINGS = Object.keys(RULES) as readonly (keyof WikiSettings)[];

/**
 * Checks settings from outside. Leaves out those that are null.
 * @param layout refuses settings that this MoinMoin does not have. Default: takes those of either
 * @throws ConfigurationError that names the setting
 */
export function checkSettings(given: unknown, layout?: Layout): WikiSettings {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ConfigurationError(
      'the settings of a wiki must be an object, such as { superuser: ["AdminUser"] }',
    );
  const settings = Object.entries(bare(given)).filter(([, value]) => value !== undefined && value !== null);
  for (const [name, value] of settings) assertSetting(name, value, layout);
  return Object.fromEntries(settings) as WikiSettings;
}

function assertSetting(name: string, value: unknown, layout: Layout | undefined): void {
  if (!Object.hasOwn(RULES, name))
    throw new ConfigurationError(
      `there is no setting ${show(name)} of a wiki${didYouMean(name, WIKI_SETTINGS)}; the settings are ${WIKI_SETTINGS.join(', ')}`,
    );
  const { isGood, is, only } = RULES[name as keyof WikiSettings];
  if (!isGood(value))
    throw new ConfigurationError(`setting ${name} of the wiki must be ${is}, and is ${show(value)}`);
  const isMissing = layout !== undefined && only !== undefined && only !== layout;
  if (isMissing || (layout === '1.6' && name === 'cookie_lifetime' && isPair(value)))
    throw new ConfigurationError(
      `setting ${name} of the wiki is one of MoinMoin ${only ?? '1.9'} in this form, and the wiki is one of ${layout}: leave it out`,
    );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function isPath(value: unknown): boolean {
  return isText(value) && value.startsWith('/');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
