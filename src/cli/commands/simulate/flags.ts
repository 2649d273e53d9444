import type { Command } from 'commander';
import type { CookieFlags } from '../../input/cookies.js';
import { addCookieOptions } from '../../input/cookies.js';
import { gather, parseCount } from '../../input/parse.js';
import { PASSWORD_STDIN, type PasswordOptions } from '../../input/password.js';

/** The flags of `simulate` that describe the request. */
export interface RequestOptions extends CookieFlags, PasswordOptions {
  login?: boolean;
  name?: string;
  rememberMe?: boolean;
  logout?: boolean;
  basic?: string;
  remoteUser?: string;
  header?: string[];
  https?: boolean;
  address?: string;
  proxy?: string;
  curl?: string;
  har?: string;
  harUrl?: string;
  loginPath?: string[];
}

export function addRequestOptions(command: Command): Command {
  return addCookieOptions(command)
    .optionsGroup('Login')
    .option('--login', 'send a login form, with --name and a password')
    .option('--name <name>', 'the name in the login form')
    .option(...PASSWORD_STDIN)
    .option('--remember-me', 'tick "remember me" in the login form')
    .option('--logout', 'send a logout')
    .option('--basic <name>', 'send HTTP Basic authentication')
    .option('--remote-user <name>', 'send the name as a reverse proxy would')
    .optionsGroup('Connection')
    .option('--header <header>', "send a header 'Name: value'; repeatable", gather)
    .option('--https', 'the browser asks by HTTPS')
    .option('--address <ip>', 'the browser is at this address (default: 127.0.0.1)')
    .option('--proxy <ip>', 'send it through a proxy at this address, with X-Forwarded-For, -Proto and -Host')
    .optionsGroup('A recorded request')
    .option('--curl <file>', 'the request of a browser\'s "Copy as cURL"; - for stdin')
    .option('--har <file>', 'the requests of an HTTP archive that concern the cookie; - for stdin')
    .option('--har-url <text>', 'with --har: all requests whose URL contains this text')
    .option(
      '--login-path <path>',
      'with --curl, --har: where login forms count (default: /login and /logout); repeatable',
      gather,
    )
    .optionsGroup('Options')
    .option('--repeat <count>', 'number of requests; cookies are kept as a browser would', parseCount, 1);
}

/** Adds the flags by which scripts ask whether a simulation came out as it should. */
export function addExpectOptions(command: Command): Command {
  return command
    .optionsGroup('Expectations')
    .option('--expect-user <name>', 'exit with 3 unless this user is logged in at the end')
    .option('--expect-anonymous', 'exit with 3 unless there is an anonymous session')
    .option('--expect-session', 'exit with 3 unless a session is available')
    .option('--expect-none', 'exit with 3 if there is a user or an available session');
}
