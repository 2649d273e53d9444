import { isIP } from 'node:net';
import { UsageError } from '../../../base/errors.js';
import type { RequestOptions } from './flags.js';

/** The flags that make a request, which `--curl` and `--har` bring along. */
const OWN_REQUEST = [
  ['cookie', '--cookie'],
  ['cookieFile', '--cookie-file'],
  ['login', '--login'],
  ['logout', '--logout'],
  ['name', '--name'],
  ['rememberMe', '--remember-me'],
  ['passwordStdin', '--password-stdin'],
  ['basic', '--basic'],
  ['remoteUser', '--remote-user'],
  ['https', '--https'],
] as const satisfies readonly (readonly [keyof RequestOptions, string])[];

/** @throws UsageError when flags contradict each other, or one lacks another */
export function assertConsistent(options: RequestOptions & { repeat: number }): void {
  const { cookie = [], cookieFile, login, name, passwordStdin, basic, logout, rememberMe } = options;
  assertOneRequest(options);
  const readers = [cookie.includes('-'), cookieFile === '-', passwordStdin].filter(Boolean).length;
  if (readers > 1)
    throw new UsageError('only one of --cookie, --cookie-file and the password can come from stdin');
  if (login && name === undefined) throw new UsageError('--login needs --name NAME');
  if (login && logout) throw new UsageError('--login and --logout exclude each other: give one of them');
  if (name !== undefined && !login)
    throw new UsageError('--name is for --login: add --login, or use --basic');
  if (rememberMe && !login) throw new UsageError('--remember-me is for --login: add --login --name NAME');
  if (passwordStdin && !login && basic === undefined)
    throw new UsageError('--password-stdin is for --login --name NAME or --basic NAME: add one of them');
  assertAddress('--address', options.address);
  assertAddress('--proxy', options.proxy);
}

function assertOneRequest(options: RequestOptions & { repeat: number }): void {
  const { curl, har, harUrl, loginPath, repeat } = options;
  if (curl !== undefined && har !== undefined)
    throw new UsageError('--curl and --har exclude each other: give one of them');
  if (har === undefined && harUrl !== undefined)
    throw new UsageError('--har-url is for --har: add --har FILE');
  const source = curl === undefined ? (har === undefined ? null : '--har') : '--curl';
  if (source === null) {
    if (loginPath !== undefined)
      throw new UsageError('--login-path is for --curl and --har: to send a login form, use --login');
    return;
  }
  const doubled = OWN_REQUEST.find(([key]) => options[key] !== undefined);
  if (doubled !== undefined)
    throw new UsageError(`${source} brings its own request: leave out ${doubled[1]}`);
  if (har !== undefined && repeat > 1)
    throw new UsageError('--har has requests of its own: leave out --repeat');
}

/** The text is not repeated if it may be a cookie. */
function assertAddress(flag: string, address: string | undefined): void {
  if (address === undefined || isIP(address) !== 0) return;
  const quoted = /^[\w.:-]{1,64}$/.test(address) ? `'${address}' of ${flag}` : `what ${flag} names`;
  throw new UsageError(`${quoted} is not an IP address`);
}
