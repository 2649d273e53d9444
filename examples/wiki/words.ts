const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** A moment as seen from now: `3 minutes ago`, `in 12 hours`. */
export function ago(moment: Date | null, now = Date.now()): string {
  if (moment === null) return '';
  const distance = moment.getTime() - now;
  const [unit, length] = UNITS.find(([, least]) => Math.abs(distance) >= least) ?? ['', 1];
  return unit === '' ? 'just now' : relative.format(Math.round(distance / length), unit);
}

/** A moment for machines and for tooltips. */
export function exactly(moment: Date | null): string {
  return moment?.toISOString() ?? '';
}

const BROWSERS = [
  [/\bEdg/, 'Edge'],
  [/\bFirefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;

const SYSTEMS = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** Where somebody logs in from, in words that they recognise, out of the `User-Agent` header. */
export function deviceOf(userAgent = ''): string {
  const find = (names: typeof BROWSERS | typeof SYSTEMS) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  return `${find(BROWSERS) ?? 'Another program'} on ${find(SYSTEMS) ?? 'another system'}`;
}
