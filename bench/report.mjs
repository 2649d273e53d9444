/** What a number of a contestant means, by its name. `ratio`: its ratio to the first contestant stands beside it. */
const METRICS = {
  rate: { title: 'a second', text: (value) => String(Math.round(value)), ratio: true },
  wall: { title: 'wall', text: micros, ratio: true },
  cpu: { title: 'CPU', text: micros, ratio: true },
  over: { title: 'CPU over the first', text: micros },
  seconds: { title: 'wall', text: seconds, ratio: true },
  cpuSeconds: { title: 'CPU', text: seconds, ratio: true },
  p99: { title: '99 % within', text: millis },
  longest: { title: 'longest', text: millis },
  slowest: { title: 'slowest writer to mean', text: (value) => `${value.toFixed(2)} x` },
  memory: { title: 'memory', text: (value) => `${value.toFixed(0)} MB` },
  bytes: { title: 'bytes allocated', text: (value) => String(Math.round(value)) },
};
const OTHER = { text: (value) => value.toFixed(2) };

/** Prints one result as a table in Markdown. @param result `isTransposed`: with a column for each contestant, not a row */
export function show(result) {
  console.log(`\n### ${result.title}\n\n${result.isTransposed ? transposed(result) : markdown(result)}`);
}

/** A row for each number, a column for each contestant. The number `all` is last. */
export function transposed({ contestants }, corner = '') {
  const names = Object.keys(contestants);
  const keys = Object.keys(contestants[names[0]]).toSorted((a, b) => (a === 'all') - (b === 'all'));
  const rows = keys.map((key) => [key, ...names.map((name) => contestants[name][key].toFixed(1))]);
  return table([corner, ...names], rows);
}

/** @param result `contestants`: the numbers of each by name; the first is what the others are compared with */
function markdown({ contestants }) {
  const [[first, base]] = Object.entries(contestants);
  const keys = Object.keys(base).filter((key) => key !== 'over');
  if ('over' in base) keys.push('over');
  const columns = keys.flatMap((key) => {
    const { title = key, ratio: hasRatio } = METRICS[key] ?? OTHER;
    return hasRatio ? [title, `to ${first}`] : [title];
  });
  const rows = Object.entries(contestants).map(([name, numbers]) => [
    name,
    ...keys.flatMap((key) => cells(key, numbers[key], base[key])),
  ]);
  return table(['', ...columns], rows);
}

function cells(key, value, base) {
  const { text, ratio: hasRatio } = METRICS[key] ?? OTHER;
  return hasRatio ? [text(value), ratio(value / base)] : [text(value)];
}

export function table(columns, rows) {
  const all = [columns, ...rows];
  const widths = columns.map((_, index) => Math.max(3, ...all.map((row) => row[index].length)));
  const line = (row) => `| ${row.map((text, index) => pad(text, widths[index], index)).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

export function ratio(times) {
  return `${times.toFixed(times < 9.95 ? 2 : 1)} x`;
}

export function micros(value) {
  return `${value.toFixed(Math.abs(value) < 99.5 ? 1 : 0)} µs`;
}

export function millis(value) {
  return `${value.toFixed(value < 9.95 ? 2 : 0)} ms`;
}

function seconds(value) {
  return value < 9.95 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(1)} s`;
}

function pad(text, width, index) {
  return index === 0 ? text.padEnd(width) : text.padStart(width);
}
