type Paint = (text: string) => string;

/** Colours of texts. Without colours each function returns the text unchanged. */
export interface Style {
  bold: Paint;
  dim: Paint;
  good: Paint;
  warn: Paint;
  bad: Paint;
  /** The bars of a plot. */
  plot: Paint;
}

const unchanged: Paint = (text) => text;
export const PLAIN: Style = {
  bold: unchanged,
  dim: unchanged,
  good: unchanged,
  warn: unchanged,
  bad: unchanged,
  plot: unchanged,
};

/** Returns the style of a stream. Loads chalk only for a coloured stream. */
export async function loadStyle(colored: boolean): Promise<Style> {
  if (!colored) return PLAIN;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const { bold, dim, green: good, yellow: warn, red: bad, cyan: plot } = chalk;
  return { bold, dim, good, warn, bad, plot };
}
