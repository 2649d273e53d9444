import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, errorCode } from '../errors.js';
import { isJsonObject } from '../json.js';
import type { SessionsOptions } from '../options.js';
import type { CliContext } from './context.js';

/** A configuration, and the folder that relative paths in it start from. */
export interface Configuration {
  /** Null where there is no configuration file. */
  file: string | null;
  folder: string;
  options: SessionsOptions;
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `moin-sessions.config.${ending}`);

/**
 * The configuration file that `--config` or the environment names, or the nearest from here upwards; without
 * any, no options.
 * @throws ConfigurationError of one line that names the file and what is wrong with it
 */
export async function loadConfiguration(
  { cwd, env }: Pick<CliContext, 'cwd' | 'env'>,
  named: string | undefined,
): Promise<Configuration> {
  const wanted = named ?? (env.MOIN_SESSIONS_CONFIG || undefined);
  const file = wanted === undefined ? nearest(cwd) : resolve(cwd, wanted);
  if (file === null) return { file, folder: cwd, options: {} };
  const options = await readConfiguration(file);
  if (!isJsonObject(options)) throw new ConfigurationError(`${file} exports no object: ${remedyOf(file)}`);
  return { file, folder: dirname(file), options: options as SessionsOptions };
}

function nearest(folder: string): string | null {
  const found = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const parent = dirname(folder);
  return parent === folder ? null : nearest(parent);
}

async function readConfiguration(file: string): Promise<unknown> {
  if (!existsSync(file))
    throw new ConfigurationError(
      `there is no configuration file ${file}: check --config and MOIN_SESSIONS_CONFIG`,
    );
  if (statSync(file).isDirectory())
    throw new ConfigurationError(`${file} is a folder: name the configuration file in it`);
  if (extname(file) === '.json') return parseJson(file, await readText(file));
  try {
    return await importDefault(file);
  } catch (error) {
    throw new ConfigurationError(`${file}: ${reasonOf(error)}${whereabouts(file, error)}`, { cause: error });
  }
}

/** TypeScript goes through jiti: Node 20 strips no types. */
async function importDefault(file: string): Promise<unknown> {
  if (/\.[cm]?ts$/.test(file)) {
    const { createJiti } = await import('jiti');
    return createJiti(import.meta.url).import(file, { default: true });
  }
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`cannot read ${file} (${errorCode(error)}): mend its permissions`, {
      cause: error,
    });
  }
}

/** The parser's own message is kept out: it quotes the file, which may hold secrets. */
function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(
      `${file}:${faultIn(text)}; mend it, JSON has no comments or trailing commas`,
      {
        cause: error,
      },
    );
  }
}

/** Where a text stops being the beginning of some JSON: line, column, and what stands there. */
function faultIn(text: string): string {
  let good = 0;
  for (let bad = text.length + 1; bad - good > 1; ) {
    const middle = Math.floor((good + bad) / 2);
    if (mayBecomeJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const before = text.slice(0, good).split('\n');
  const found = good < text.length ? `unexpected ${JSON.stringify(text[good])}` : 'it ends too early';
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${found}`;
}

function mayBecomeJson(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const position = /at position (\d+)/.exec(reasonOf(error))?.[1];
    if (position === undefined) return reasonOf(error).includes('end of JSON input');
    return Number(position) >= beginning.length;
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? message).trim();
}

/** Where a configuration cannot be parsed: jiti tells it in a line of its own, Node keeps it to itself. */
function whereabouts(file: string, error: unknown): string {
  const position = /:(\d+:\d+)$/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position !== undefined) return ` (at ${position})`;
  return error instanceof SyntaxError ? `; 'node ${file}' shows where` : '';
}

function remedyOf(file: string): string {
  return extname(file) === '.json' ? 'write { … }' : "write 'export default defineConfig({ … })'";
}
