import type { Finding, Severity } from '../../store/finding.js';
import { grouped } from './humanize.js';
import { redact } from './redact.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';
import { type Ruler, wrap } from './text.js';
import type { View } from './view.js';

/** What `check` found. `ids` are the codes. */
export const findingView: View<Finding> = {
  columns: [
    { name: 'severity', value: ({ severity }) => severity, paint: (cell, style) => paintOf(cell, style) },
    { name: 'code', value: ({ code }) => code },
    { name: 'count', value: ({ count }) => count, align: 'right' },
    { name: 'what', value: ({ what }) => what, min: 20, max: 100 },
    { name: 'why', value: ({ why }) => why, min: 20, max: 100 },
    { name: 'remedy', value: ({ remedy }) => remedy, min: 20, max: 100 },
    { name: 'fixable', value: ({ fixable }) => fixable },
    { name: 'fixed', value: ({ fixed }) => fixed, align: 'right' },
    { name: 'examples', value: ({ examples }) => examples, min: 12, max: 100 },
  ],
  forPeople: ['severity', 'code', 'count', 'what'],
  idOf: ({ code }) => code,
};

interface Look {
  width: number;
  style: Style;
  ruler: Ruler;
}

/** The widest a paragraph gets, in characters. */
const WIDEST = 100;

/** The findings for people: a paragraph each, the gravest first. */
export function* findingTexts(findings: readonly Finding[], look: Look): Generator<string> {
  for (const finding of findings) yield `${paragraph(finding, look)}\n`;
}

/** Whether everything that was found of this kind was mended. */
export function isMended({ fixed, count }: Pick<Finding, 'fixed' | 'count'>): boolean {
  return count > 0 && fixed >= count;
}

/** One line that says how many are left, and how many were mended. */
export function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Good: nothing is wrong.';
  const left = findings.filter((one) => !isMended(one));
  const count = (severity: Severity) => left.filter((one) => one.severity === severity).length;
  const parts = (['error', 'warning', 'info'] as const).filter((severity) => count(severity) > 0);
  const words = { error: ['error', 'errors'], warning: ['warning', 'warnings'], info: ['hint', 'hints'] };
  const texts = parts.map((one) => `${count(one)} ${words[one][count(one) === 1 ? 0 : 1]}`);
  const mendedCount = findings.length - left.length;
  if (mendedCount > 0) texts.push(`${grouped(mendedCount)} mended`);
  return `${texts.join(', ')}.`;
}

function paragraph(finding: Finding, { width, style, ruler }: Look): string {
  const { severity, code, count, what, why, remedy, examples } = finding;
  const room = Math.min(width, WIDEST) - 2;
  const times = count > 1 ? ` (${grouped(count)})` : '';
  const lines = [
    `${paintOf(severity, style)(severity)}  ${style.bold(code)}${times}${style.good(mended(finding))}`,
    ...indented(what, room, ruler),
    ...indented(why, room, ruler),
    ...indented(`→ ${remedy}`, room - 2, ruler).map((line, n) => (n === 0 ? line : `  ${line}`)),
    // An id or a path stays whole, so that it can be copied.
    ...examples.map((example) => `    ${sanitize(redact(example))}`),
  ];
  if (count > examples.length && examples.length > 0)
    lines.push(`    … ${grouped(count - examples.length)} more`);
  return `${lines.join('\n')}\n`;
}

function mended({ fixed, count }: Finding): string {
  if (fixed === 0) return '';
  return fixed === count ? '  mended' : `  ${grouped(fixed)} mended`;
}

function indented(text: string, room: number, ruler: Ruler): string[] {
  return wrap(sanitize(redact(text)), room, ruler).map((line) => `  ${line}`);
}

function paintOf(severity: string, style: Style): (text: string) => string {
  return severity === 'error' ? style.bad : severity === 'warning' ? style.warn : style.dim;
}
