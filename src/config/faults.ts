import { type AuthOption, readChain, readMethod } from '../auth/builtin.js';
import { type Clock, wholeClock } from '../base/clock.js';
import { ConfigurationError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { trustedPeers } from '../http/proxy.js';
import { CookieSigner } from '../session/cookie/signer.js';
import { assertInterval, Lifetimes } from '../session/lifecycle/lifetime.js';
import { assertKnown } from './checks.js';
import { OPTIONS, type Secret, type SessionsOptions } from './options.js';
import { COMBINATIONS, complete } from './settings.js';

/** One thing that `createSessions` refuses. `option` is null where several do not go together. */
export interface OptionFault {
  option: string | null;
  message: string;
}

/** Checks of single options that their rows leave to the code that reads the value. */
const DEEPER: Partial<Record<keyof SessionsOptions, (value: never) => unknown>> = {
  secrets: (secrets: Secret | readonly Secret[]) => new CookieSigner('a', listOf(secrets).map(bytesOf)),
  trustProxy: (trust: boolean) => trustedPeers('trustProxy', trust),
  cookieLifetime: (cookieLifetime: number) => new Lifetimes({ cookieLifetime }),
  anonymousCookieLifetime: (anonymousCookieLifetime: number) => new Lifetimes({ anonymousCookieLifetime }),
  auth: (auth: readonly AuthOption[]) => readChain(auth, true),
  clock: (clock: Clock) => wholeClock(clock),
  maxLifetime: (maxLifetime: number) => new Lifetimes({ maxLifetime }),
  refreshInterval: assertInterval,
};

/** The check of one entry of a list: each may have a fault of its own. */
const EACH: Partial<Record<string, (entry: unknown) => unknown>> = { auth: readMethod };

/** All that is wrong with the options, where `readOptions` throws the first. Empty: they are good. */
export function optionFaults(given: SessionsOptions): OptionFault[] {
  const options = bare(given) as Record<string, unknown>;
  const names = Object.keys(options);
  const faults = names.flatMap((name) => faultsOf(name, options[name]));
  const wrong = new Set(faults.map(({ option }) => option));
  const good = Object.fromEntries(
    names.filter((name) => !wrong.has(name)).map((name) => [name, options[name]]),
  );
  const whole = complete(good);
  // What follows from a fault that is reported already is none of its own.
  const untouched = COMBINATIONS.filter(({ of }) => !of.some((name) => wrong.has(name)));
  for (const { check } of untouched) {
    const found = faultOf(null, () => check(whole));
    if (!faults.some(({ message }) => message === found[0]?.message)) faults.push(...found);
  }
  return faults;
}

function faultsOf(name: string, value: unknown): OptionFault[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const check = EACH[name];
  const faults = check === undefined ? [] : entries.flatMap((entry) => faultOf(name, () => check(entry)));
  if (faults.length === 0) return faultOf(name, () => assertOption(name, value));
  return faults.filter(({ message }, index) => faults.findIndex((one) => one.message === message) === index);
}

function assertOption(name: string, value: unknown): void {
  assertKnown({ [name]: value }, Object.keys(OPTIONS));
  if (value === undefined) return;
  OPTIONS[name as keyof typeof OPTIONS].check?.(value, name);
  DEEPER[name as keyof SessionsOptions]?.(value as never);
}

function faultOf(option: string | null, check: () => unknown): OptionFault[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [{ option, message: error.message }];
  }
}

function listOf(secrets: Secret | readonly Secret[]): readonly Secret[] {
  return Array.isArray(secrets) ? secrets : [secrets as Secret];
}

function bytesOf(secret: Secret): Uint8Array {
  return typeof secret === 'string' ? Buffer.from(secret) : secret;
}
