import type { CliContext } from '../context.js';

/** Terminals whose fonts lack the eighths of a block. */
const POOR_TERMINALS = ['dumb', 'linux'];

/**
 * Whether the terminal draws all of Unicode: the locale says UTF-8, by the variable that counts for characters (POSIX,
 * "Locale"), and the terminal is neither a dumb one nor the console of Linux. Windows Terminal has no such locale.
 */
export function drawsUnicode(env: CliContext['env']): boolean {
  if (POOR_TERMINALS.includes(env.TERM ?? '')) return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /(^|\.)utf-?8(@|$)/i.test(locale) || (locale === '' && (env.WT_SESSION ?? '') !== '');
}
