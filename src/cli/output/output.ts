import type { Clock } from '../../base/clock.js';
import { UsageError } from '../../base/errors.js';
import type { CliContext, OutputStream } from '../context.js';
import { clockOf, type SiteOptions } from '../input/flags.js';
import type { Format } from './formats.js';
import { formatOf, type OutputOptions } from './output-options.js';
import { loadStyle, type Style } from './style.js';

/**
 * Writes the results of one command on stdout. A command creates its output before any work, so a wrong flag fails first.
 * With `--quiet` it writes only formats for programs (spec 7).
 */
export class Output {
  readonly format: Format;
  readonly isSilent: boolean;
  readonly #out: OutputStream;
  readonly #isColored: boolean;
  readonly #clock: Clock;

  /**
   * @param hasMetrics whether the command has the format openmetrics
   * @throws UsageError when flags contradict each other, or `--at` is not a time
   */
  constructor(
    { out, env, clock }: Pick<CliContext, 'out' | 'env' | 'clock'>,
    options: OutputOptions & SiteOptions,
    { hasMetrics = false }: { hasMetrics?: boolean } = {},
  ) {
    this.format = formatOf(options);
    if (this.format === 'openmetrics' && !hasMetrics)
      throw new UsageError("only 'moin-sessions stats' has the format openmetrics");
    this.isSilent = options.quiet === true && this.format === 'table';
    this.#out = out;
    this.#isColored = isColored(out, env, options);
    this.#clock = clockOf(options, clock);
  }

  /** The moment that relative times refer to, in ms: `--at`, else the present. */
  now(): number {
    return this.#clock();
  }

  style(): Promise<Style> {
    return loadStyle(this.#isColored);
  }

  async write(text: string): Promise<void> {
    if (!this.isSilent) await this.#out.write(text);
  }

  /** Writes each text as it comes, and waits until the reader takes it. */
  async writeTexts(texts: AsyncIterable<string>): Promise<void> {
    if (this.isSilent) return;
    for await (const text of texts) await this.#out.write(text);
  }
}

/** `--no-color` overrides FORCE_COLOR, which overrides NO_COLOR, as in Node itself. */
function isColored({ isTTY }: OutputStream, env: CliContext['env'], { color }: OutputOptions): boolean {
  if (!color) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.TERM === 'dumb') return false;
  return isTTY;
}
