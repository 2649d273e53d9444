import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, UsageError } from '../../base/errors.js';
import { isJsonObject, type Json } from '../../base/json.js';
import { checkSettings, type WikiSettings } from '../../moin/settings.js';

/** Settings that are text: `cookie_name=8080` is no number. */
const TEXTS: readonly string[] = [
  'cookie_name',
  'user_dir',
  'cookie_path',
  'cookie_domain',
  'script_name',
] satisfies (keyof WikiSettings)[];
/** Settings that are lists of names: `superuser=AdminUser,JaneDoe`. */
const LISTS: readonly string[] = ['superuser', 'auth'] satisfies (keyof WikiSettings)[];
/** As the configuration of a wiki spells them. */
const PYTHON: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

const FORMS = "'setting=value', JSON that begins with '{', or a JSON file";

/**
 * The settings that the values of `--wiki-config` give: each is a JSON file, JSON text, or `setting=value`. A setting may be null, which
 * stands for MoinMoin's default.
 * @param cwd the folder that relative paths of files start from
 * @throws UsageError for what is none of them, and for a setting that is given twice; ConfigurationError for a wrong setting
 */
export function wikiSettingsOf(values: readonly string[], cwd: string): Record<string, Json> {
  const settings = new Map<string, Json>();
  for (const value of values)
    for (const [name, setting] of Object.entries(settingsIn(value, cwd))) {
      if (settings.has(name))
        throw new UsageError(`setting ${name} of the wiki is given twice by --wiki-config: give it once`);
      settings.set(name, setting);
    }
  const given = Object.fromEntries(settings);
  checkSettings(given);
  return given;
}

function settingsIn(value: string, cwd: string): Record<string, Json> {
  if (value.trimStart().startsWith('{')) return objectIn(value, 'the JSON in --wiki-config');
  const [, name, text] = /^([A-Za-z_]\w*)=(.*)$/s.exec(value) ?? [];
  if (name !== undefined && text !== undefined) return { [name]: valueIn(name, text) };
  return objectIn(readText(resolve(cwd, value)), resolve(cwd, value));
}

function valueIn(name: string, text: string): Json {
  const python = PYTHON.get(text);
  if (python !== undefined) return python;
  const json = jsonIn(text);
  if (TEXTS.includes(name)) return json === null || typeof json === 'string' ? json : text;
  if (json !== undefined) return json;
  return LISTS.includes(name) ? text.split(',').map((one) => one.trim()) : text;
}

/** Undefined for what is no JSON. */
function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** @throws UsageError that does not quote the text */
function objectIn(text: string, what: string): Record<string, Json> {
  const settings = jsonIn(text);
  if (settings === undefined)
    throw new UsageError(`${what} is no JSON: write { "superuser": ["AdminUser"] }, or ${FORMS}`);
  if (!isJsonObject(settings))
    throw new UsageError(`${what} is no object: write { "superuser": ["AdminUser"] }`);
  return settings as Record<string, Json>;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `--wiki-config: cannot read the file ${path} (${errorCode(error) ?? 'unknown'}): give ${FORMS}`,
      { cause: error },
    );
  }
}
