import type { FileName } from '../files/names.js';
import type { GivenSettings } from './view.js';

const PREFIX_19 = 'MOIN_SESSION_';
/** What stands for the name of a cookie whose end is not known. */
export const UNKNOWN_19 = `${PREFIX_19}?`;
/** The most cookies that are looked up in the store: a host has few wikis. */
const MOST_CANDIDATES = 20;
/** A longer name is none that a wiki makes. */
const LONGEST_NAME = 200;

/** The cookie that this wiki reads, as far as it is known. */
export interface ChosenCookie {
  name: string;
  /** Undefined if the request does not bring it. */
  value: FileName | undefined;
  /** Further cookies of the kind, of other wikis most likely; the first ones. */
  others: { name: string; value: FileName }[];
  /** How it was chosen, in a sentence; null if there was nothing to choose. */
  note: string | null;
}

interface Choice {
  settings: GivenSettings;
  url: URL | null;
  /** Whether the store has a session under this value. */
  isStored(value: FileName): boolean;
}

/** Whether a cookie of this name may be one of a wiki of 1.9. */
export function isWikiCookie19(name: string): boolean {
  return name.startsWith(PREFIX_19) && name.length <= LONGEST_NAME;
}

/**
 * Chooses the cookie that this wiki reads (1.9): by the setting `cookie_name`, by `server_port` and `script_name`, by the
 * address that was asked, or else the one whose session the store has. Of equal names the first counts.
 */
export function chooseCookie(pairs: readonly [string, FileName][], choice: Choice): ChosenCookie {
  const found = new Map<string, FileName>();
  for (const [name, value] of pairs) if (isWikiCookie19(name) && !found.has(name)) found.set(name, value);
  const name = nameBySettings(choice) ?? nameByAddress(choice, [...found.keys()]);
  if (name !== null) return chosen(name, found, null);
  return chooseAmong(found, choice);
}

function chooseAmong(found: ReadonlyMap<string, FileName>, { isStored }: Choice): ChosenCookie {
  const names = [...found.keys()].slice(0, MOST_CANDIDATES);
  if (names.length < 2) return chosen(names[0] ?? UNKNOWN_19, found, null);
  const stored = names.filter((name) => isStored(found.get(name) as FileName));
  const name = stored[0] ?? (names[0] as string);
  const why =
    stored.length === 1
      ? 'the only one whose session is in this store'
      : `the first one${stored.length > 1 ? ' whose session is in this store' : ', for none has its session in this store'}`;
  const note = `the request brings cookies of several wikis on one host (${names.map(shownName).join(', ')}): ${shownName(name)} is taken, ${why}; to be certain, give --wiki-config cookie_name=${shownName(name).slice(PREFIX_19.length)}`;
  return chosen(name, found, note);
}

/** A header without its `=` may have the name of a session, which is a secret, in the name of a cookie. */
export function shownName(name: string): string {
  return name.replace(/[0-9a-f]{40,}/g, '…');
}

function chosen(name: string, found: ReadonlyMap<string, FileName>, note: string | null): ChosenCookie {
  const others = [...found]
    .filter(([other]) => other !== name)
    .slice(0, MOST_CANDIDATES)
    .map(([other, value]) => ({ name: other, value }));
  return { name, value: found.get(name), others, note };
}

/** The name that the settings make; null if they do not say enough. */
export function nameBySettings({ settings, url }: Pick<Choice, 'settings' | 'url'>): string | null {
  const { cookie_name, server_port, script_name } = settings;
  // The name of the configuration is the id of a site that is none of a farm.
  if (cookie_name !== undefined)
    return PREFIX_19 + (cookie_name === 'siteidmagic' ? 'wikiconfig' : cookie_name);
  const port = server_port ?? (script_name === undefined || url === null ? null : portOf(url));
  return port === null ? null : derived(port, script_name ?? '');
}

/** The longest name among them that a wiki at this address could have; null if none could. */
function nameByAddress({ url, settings }: Choice, names: readonly string[]): string | null {
  if (settings.script_name !== undefined) {
    const end = derived(0, settings.script_name).slice(`${PREFIX_19}0`.length);
    const fits = names.filter((name) => /^\d+_/.test(name.slice(PREFIX_19.length)) && name.endsWith(end));
    return fits.length === 1 ? (fits[0] as string) : null;
  }
  if (url === null) return null;
  const all = derived(portOf(url), url.pathname.replace(/\/$/, ''));
  const root = derived(portOf(url), '');
  const fits = names.filter((name) => name === root || (name.startsWith(`${root}_`) && isPrefix(name, all)));
  return fits.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Whether the path of the one name leads to the other. */
function isPrefix(name: string, whole: string): boolean {
  return whole === name || whole.startsWith(`${name}_`);
}

function derived(port: number, script: string): string {
  const path = script === '/' ? '' : script;
  return `${PREFIX_19}${port}_ROOT${path.replaceAll('/', '_')}`;
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
