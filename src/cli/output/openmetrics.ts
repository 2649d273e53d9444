import { withoutControls } from './sanitize.js';

/** A metric: a count or size at one moment (a gauge). */
export interface MetricFamily {
  /** Ends with the unit, if it has one. */
  name: string;
  /** One line of text without backslashes. */
  help: string;
  unit?: 'bytes' | 'seconds';
  samples: readonly Sample[];
}

export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/**
 * Text that OpenMetrics 1.0 and the older text format of Prometheus both accept: gauges alone, no timestamps. To the older
 * format, which the textfile collector of node_exporter reads, the lines UNIT and EOF are comments.
 */
export function openMetricsText(families: readonly MetricFamily[]): string {
  return `${families.flatMap(familyLines).join('\n')}\n# EOF\n`;
}

function familyLines({ name, help, unit, samples }: MetricFamily): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    ...sampleLines(name, samples),
  ];
}

/** Adds up samples of the same labels: a second line for them would make a reader refuse the whole file. */
function sampleLines(name: string, samples: readonly Sample[]): string[] {
  const values = new Map<string, number>();
  for (const { labels = {}, value } of samples) {
    const text = labelText(labels);
    values.set(text, (values.get(text) ?? 0) + value);
  }
  return [...values].map(([labels, value]) => `${name}${labels} ${value}`);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** No line break is left to escape: `withoutControls` replaces all control characters. */
function escapeLabel(value: string): string {
  return withoutControls(value).replace(/[\\"]/g, '\\$&');
}
