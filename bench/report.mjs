/** Prints a table in Markdown, to be copied into a document. */
export function table(title, columns, rows) {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((row) => row[index].length)));
  const line = (row) => `| ${row.map((text, index) => pad(text, widths[index], index)).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  console.log(`\n### ${title}\n`);
  console.log([line(cells[0]), line(rule), ...cells.slice(1).map(line)].join('\n'));
}

/** The ratio of a value to `base`, as text. */
export function ratio(value, base) {
  const times = value / base;
  return `${times.toFixed(times < 9.95 ? 2 : 1)} x`;
}

export function micros(value) {
  return `${value.toFixed(value < 99.5 ? 1 : 0)} µs`;
}

export function seconds(value) {
  return `${value.toFixed(2)} s`;
}

function pad(text, width, index) {
  return index === 0 ? text.padEnd(width) : text.padStart(width);
}
