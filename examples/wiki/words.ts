const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** A moment relative to now: `3 minutes ago`, `in 12 hours`. */
export function ago(moment: Date | null, now = Date.now()): string {
  if (moment === null) return '';
  const distance = moment.getTime() - now;
  const [unit, length] = UNITS.find(([, least]) => Math.abs(distance) >= least) ?? ['', 1];
  return unit === '' ? 'just now' : relative.format(Math.round(distance / length), unit);
}

/** A moment in ISO 8601, for machines and tooltips. */
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

/** Describes the browser and system of a `User-Agent` header, for the list of a user's sessions. */
export function deviceOf(userAgent: string | null): string {
  if (userAgent === null) return 'Unknown device';
  const find = (names: typeof BROWSERS | typeof SYSTEMS) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  return `${find(BROWSERS) ?? 'Another program'} on ${find(SYSTEMS) ?? 'another system'}`;
}
