import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import { type CliContext, isInteractive } from '../context.js';
import { gather } from './parse.js';

/** What a shell hands on: `<(…)`, and stdin by its name. */
const OF_THE_SHELL = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/** The flags of commands that take cookies. */
export interface CookieFlags {
  cookie?: string[];
  cookieFile?: string;
}

export function addCookieOptions(command: Command): Command {
  return command
    .option('--cookie <cookie>', 'NAME=VALUE or a whole Cookie header; - for stdin; repeatable', gather)
    .option('--cookie-file <file>', 'read the cookies from a file; - for stdin');
}

/** Whether a cookie comes from stdin. */
export function readsPaste({ cookie = [], cookieFile }: CookieFlags): boolean {
  return cookie.includes('-') || cookieFile === '-';
}

/** Tells a person at a terminal how to end what is pasted. */
export function pasteHint(context: CliContext, what: string, quiet = false): string | null {
  return isInteractive(context) && !quiet ? `paste ${what}, then press Enter and Ctrl-D` : null;
}

/**
 * The `Cookie` header that the flags, a file or stdin give.
 * @param cookieName the cookie name of the site, used when only the value of a cookie is given
 * @throws UsageError
 */
export async function cookieHeader(
  context: CliContext,
  { cookie = [], cookieFile }: CookieFlags,
  cookieName: string,
): Promise<string> {
  const typed = cookie.map((text) => (text === '-' ? context.stdin.read() : text));
  const filed = cookieFile === undefined ? [] : [inputText(context, '--cookie-file', cookieFile)];
  const texts = await Promise.all([...typed, ...filed]);
  return texts.map((text) => parseCookies(text, cookieName)).join('; ');
}

/** The text of a file, or of stdin with `-`. @throws UsageError that names the flag */
export async function inputText({ cwd, stdin }: CliContext, flag: string, file: string): Promise<string> {
  if (file === '-') return stdin.read();
  const path = resolve(cwd, file);
  try {
    assertFile(path, flag);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${flag} ${file}: check its name, size and permissions`, {
      cause: error,
    });
  }
}

/** @throws UsageError for what a read could wait at for ever. The shell's `<(…)` has a writer, so it is read. */
function assertFile(path: string, flag: string): void {
  if (OF_THE_SHELL.test(path)) return;
  const stats = statSync(path);
  if (stats.isFile()) return;
  const what = stats.isDirectory() ? 'a folder' : stats.isFIFO() ? 'a pipe' : 'a device';
  throw new UsageError(`${flag} ${path} is ${what}: name a file, or give - for stdin`);
}

/** The cookies of a jar in Netscape's format, as `curl -c` writes it; other text as it is. */
function fromJar(text: string): string {
  const rows = text.split(/\r?\n/).map((line) => line.replace(/^#HttpOnly_/, '').split('\t'));
  const cookies = rows.filter((cells) => cells.length === 7 && !cells[0]?.startsWith('#'));
  return cookies.length === 0
    ? text
    : cookies.map(([, , , , , name, value]) => `${name}=${value}`).join('; ');
}

/** Parses a whole header, with or without its name, one `NAME=VALUE`, or the value alone: ours, or that of MoinMoin 1.9. Errors do not repeat the text. */
function parseCookies(text: string, cookieName: string): string {
  const pairs = fromJar(text)
    .trim()
    .replace(/^cookie:\s*/i, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');
  if (/[\p{Cc}]/u.test(pairs))
    throw new UsageError('a cookie has a control character in it: give the header as the browser sent it');
  if (/^(anon|user)\.[\w.-]+$|^[0-9a-f]{40}$/.test(pairs)) return `${cookieName}=${pairs}`;
  if (!pairs.includes('='))
    throw new UsageError("a cookie has no name: write 'NAME=VALUE', or the whole Cookie header");
  return pairs;
}
