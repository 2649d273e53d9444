import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { ConfigurationError, errorCode } from '../../base/errors.js';
import { isJsonObject } from '../../base/json.js';
import type { SessionsOptions } from '../../config/options.js';
import type { CliContext } from '../context.js';
import type { SiteOptions } from '../input/flags.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { importConfiguration, reasonOf } from './config-module.js';
import { whyUntrusted } from './trust.js';

/** A configuration, and the folder that its relative paths start from. */
export interface Configuration {
  /** Null when there is no configuration file. */
  file: string | null;
  /** What named the file: a flag, a variable, or nothing, because it was found by searching upwards from `cwd`. */
  namedBy: '--config' | 'MOIN_SESSIONS_CONFIG' | null;
  folder: string;
  options: SessionsOptions;
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `moin-sessions.config.${ending}`);

type Here = Pick<CliContext, 'cwd' | 'env' | 'uid' | 'err'>;
type Flags = Pick<SiteOptions, 'config' | 'store'> & Pick<OutputOptions, 'quiet'>;

/**
 * Loads the configuration file that `--config` or the environment names, else the nearest one upwards. Returns no options
 * without a file. A found file that others may have planted is an error (spec 7); when flags or environment name a store,
 * such a file is skipped instead, with a note on stderr.
 * @param isNeeded whether the command needs more than a store. Then an untrusted file is always an error
 * @throws ConfigurationError with one line that names the file and the fault
 */
export async function loadConfiguration(
  context: Here,
  flags: Flags,
  { isNeeded = false } = {},
): Promise<Configuration> {
  const { cwd, env } = context;
  const variable = env.MOIN_SESSIONS_CONFIG || undefined;
  const named = flags.config ?? variable;
  const file = named === undefined ? await findTrusted(context, flags, isNeeded) : resolve(cwd, named);
  if (file === null) return { file, namedBy: null, folder: cwd, options: {} };
  const options = await readConfiguration(file);
  if (!isJsonObject(options)) throw new ConfigurationError(`${file} exports no object: ${remedyOf(file)}`);
  return {
    file,
    namedBy: namedBy(flags, variable),
    folder: dirname(file),
    options: options as SessionsOptions,
  };
}

function namedBy({ config }: Flags, variable: string | undefined): Configuration['namedBy'] {
  if (config !== undefined) return '--config';
  return variable === undefined ? null : 'MOIN_SESSIONS_CONFIG';
}

/** Returns the nearest file; null when there is none, or when an untrusted one is skipped. */
async function findTrusted(context: Here, flags: Flags, isNeeded: boolean): Promise<string | null> {
  const file = nearest(context.cwd);
  if (file === null) return null;
  assertFile(file, 'move it away, or use --config');
  const distrust = whyUntrusted(file, context.uid);
  if (distrust === null) return file;
  const remedy = `if you trust it, name it with --config ${file}`;
  const isStoreNamed = Boolean(flags.store ?? context.env.MOIN_SESSIONS_STORE);
  if (isNeeded || !isStoreNamed)
    throw new ConfigurationError(
      `the configuration ${file} was found, not named, and ${distrust}: ${remedy}`,
    );
  if (!flags.quiet) await note(context, `skipped the configuration ${file}: ${distrust}; ${remedy}`);
  return null;
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
  assertFile(file, 'write the configuration into a file, and name that');
  if (statSync(file).isDirectory())
    throw new ConfigurationError(`${file} is a folder: name the configuration file in it`);
  if (extname(file) === '.json') return parseJson(file, await readText(file));
  return importConfiguration(file);
}

/** Reading a pipe without a writer waits for ever, and no signal ends it. A module is imported by its path, so it is no stream, either. */
function assertFile(file: string, remedy: string): void {
  const stats = statSync(file);
  if (!stats.isFile() && !stats.isDirectory())
    throw new ConfigurationError(`${file} is a pipe or device, not a file: ${remedy}`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`cannot read ${file} (${errorCode(error)}): correct its permissions`, {
      cause: error,
    });
  }
}

/** Omits the message of the parser: it quotes the file, which may contain secrets. */
function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(
      `${file}:${faultIn(text)}; correct it: JSON has no comments or trailing commas`,
      {
        cause: error,
      },
    );
  }
}

/** Finds the first position where the text is not JSON: line, column, and the character there. */
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

function remedyOf(file: string): string {
  return extname(file) === '.json' ? 'write { … }' : "write 'export default defineConfig({ … })'";
}
