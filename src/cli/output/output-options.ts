import type { CliContext, OutputStream } from '../context.js';
import { formatOf, type SharedOptions } from '../input/flags.js';
import type { RowsOptions } from './rows.js';
import { loadStyle, type Style } from './style.js';

/** How rows are to be shown, from flags, environment and terminal. */
export async function rowsOptions(
  context: CliContext,
  options: SharedOptions,
  now: number,
): Promise<RowsOptions> {
  return {
    format: formatOf(options),
    fields: options.fields,
    csvSafe: options.csvSafe,
    now,
    width: context.out.isTTY ? context.columns : Number.POSITIVE_INFINITY,
    style: await styleOf(context, options),
  };
}

export function styleOf(context: CliContext, options: SharedOptions): Promise<Style> {
  return loadStyle(isColored(context.out, context.env, options));
}

/** The flag goes before FORCE_COLOR, which goes before NO_COLOR, as in Node itself. */
function isColored(out: OutputStream, env: CliContext['env'], { color }: SharedOptions): boolean {
  if (!color) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.TERM === 'dumb') return false;
  return out.isTTY;
}
