type Paint = (text: string) => string;

/** How to set text off; on a stream without colours each gives the text as it is. */
export interface Style {
  bold: Paint;
  dim: Paint;
  good: Paint;
  warn: Paint;
  bad: Paint;
}

const asItIs: Paint = (text) => text;
export const PLAIN: Style = { bold: asItIs, dim: asItIs, good: asItIs, warn: asItIs, bad: asItIs };

/** The colours, loaded only when somebody will see them. */
export async function loadStyle(colored: boolean): Promise<Style> {
  if (!colored) return PLAIN;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return { bold: chalk.bold, dim: chalk.dim, good: chalk.green, warn: chalk.yellow, bad: chalk.red };
}
