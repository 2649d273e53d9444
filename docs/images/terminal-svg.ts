import type { Cell, Look } from './screen.js';

/** Of a character, in pixels. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const BLOCKS = '▏▎▍▌▋▊▉█';
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Colours of SGR 30 to 37, for light and dark pages. */
const LIGHT = ['#24292f', '#cf222e', '#116329', '#7d4e00', '#0550ae', '#8250df', '#1b7c83', '#57606a'];
const DARK = ['#6e7681', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#b1bac4'];

const STYLE = `.page { fill: #f6f8fa; stroke: #d0d7de }
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328 }
.bold { font-weight: 700 }
.dim { opacity: 0.65 }
${rules(LIGHT)}
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; stroke: #30363d }
text { fill: #e6edf3 }
${rules(DARK)}
}`;

function rules(colors: readonly string[]): string {
  return colors.map((color, index) => `.c${30 + index}, .c${90 + index} { fill: ${color} }`).join('\n');
}

/**
 * A picture of a terminal, for light and dark pages. Each word stands at its column and is as wide as its columns, whatever
 * font the viewer has; bars are drawn as such.
 */
export function terminalSvg(title: string, rows: readonly (readonly Cell[])[], columns: number): string {
  const width = round(columns * CELL.width + 2 * MARGIN);
  const height = rows.length * CELL.height + 2 * MARGIN;
  const drawn = rows.flatMap((cells, row) => runsOf(cells).map((run) => runSvg(run, row)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>
${STYLE}
</style>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${drawn.join('\n')}
</svg>
`;
}

/** Cells that are drawn together. */
interface Run {
  column: number;
  cells: Cell[];
}

/** Parts at spaces, where the look changes, and where fonts may change. */
function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  let column = 0;
  let last: Cell | null = null as Cell | null;
  for (const [index, cell] of cells.entries()) {
    // A viewer puts the words of a right-to-left text into their order, if they are one text.
    const isInside = isRightToLeft(last) && isRightToLeft(cells[index + 1]);
    if (cell.text !== ' ' || isInside) {
      const goesOn = last !== null && last.look === cell.look && (isInside || sortOf(last) === sortOf(cell));
      if (goesOn) runs.at(-1)?.cells.push(cell);
      else runs.push({ column, cells: [cell] });
    }
    if (!isInside) last = cell.text === ' ' ? null : cell;
    column += cell.width;
  }
  return runs;
}

function sortOf({ text, width }: Cell): string {
  if (BLOCKS.includes(text)) return 'block';
  return RIGHT_TO_LEFT.test(text) ? 'right-to-left' : String(width);
}

function isRightToLeft(cell: Cell | null | undefined): boolean {
  return cell != null && RIGHT_TO_LEFT.test(cell.text);
}

function runSvg({ column, cells }: Run, row: number): string {
  const x = round(MARGIN + column * CELL.width);
  const y = MARGIN + row * CELL.height;
  const classes = classesOf((cells[0] as Cell).look);
  if (sortOf(cells[0] as Cell) === 'block') {
    const eighths = cells.reduce((sum, { text }) => sum + BLOCKS.indexOf(text) + 1, 0);
    return `<rect${classes} x="${x}" y="${y + 3}" width="${round((eighths / 8) * CELL.width)}" height="${CELL.height - 6}"/>`;
  }
  const columns = cells.reduce((sum, { width }) => sum + width, 0);
  const text = cells.map((cell) => cell.text).join('');
  return `<text${classes} x="${x}" y="${y + 14}" textLength="${round(columns * CELL.width)}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
}

function classesOf({ bold, dim, color }: Look): string {
  const names = [
    ...(bold ? ['bold'] : []),
    ...(dim ? ['dim'] : []),
    ...(color === null ? [] : [`c${color}`]),
  ];
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
