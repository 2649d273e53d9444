import type { Command } from 'commander';
import { didYouMean } from '../../base/suggest.js';
import { fullName, visibleCommands, visibleOptions } from './describe.js';

/** What other programs call our commands, by the command that the word follows. */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'moin-sessions': {
    expire: ['logout', 'log-out', 'kick', 'kill', 'end', 'terminate', 'revoke', 'destroy', 'invalidate'],
    purge: ['rm', 'del', 'delete', 'remove', 'clean', 'cleanup', 'gc', 'prune', 'forget', 'flush'],
    list: ['ls', 'll', 'ps', 'sessions', 'session', 'find', 'search', 'query'],
    inspect: ['show', 'get', 'describe', 'cat', 'view', 'info'],
    users: ['user', 'accounts', 'account'],
    'users add': ['adduser', 'useradd', 'register'],
    'users passwd': ['passwd', 'password', 'chpasswd'],
    'users disable': ['disable', 'lock', 'ban', 'block', 'suspend'],
    'users enable': ['enable', 'unlock', 'unban', 'unblock'],
    'users delete': ['deluser', 'userdel'],
    'users rename': ['rename', 'usermod'],
    'list --logged-in --active': ['who', 'w', 'online', 'active'],
    stats: ['top', 'status', 'count', 'metrics', 'statistics', 'summary'],
    check: ['doctor', 'verify', 'fsck', 'validate', 'lint', 'health'],
    copy: ['cp', 'mv', 'move', 'migrate', 'sync', 'backup'],
    export: ['dump', 'save'],
    import: ['load', 'restore'],
    simulate: ['test', 'explain', 'debug', 'dry-run', 'login'],
    log: ['logs', 'audit', 'history', 'events'],
    config: ['configuration', 'settings', 'conf'],
    completion: ['completions'],
    'list --watch': ['watch', 'follow', 'monitor'],
  },
  'moin-sessions users': {
    list: ['ls', 'show', 'get'],
    add: ['create', 'new', 'adduser', 'useradd'],
    passwd: ['password', 'reset', 'reset-password', 'chpasswd'],
    disable: ['lock', 'ban', 'block', 'suspend'],
    enable: ['unlock', 'unban', 'unblock', 'activate'],
    delete: ['rm', 'del', 'remove', 'deluser', 'userdel'],
    rename: ['mv', 'move'],
  },
};

/** What other programs call our options. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '--limit': ['-n', '--top', '--max', '--head', '--first', '--lines', '--count'],
  '--store': ['--from', '--source', '--dir', '--path', '--repo', '--url'],
  '--user': ['-u', '--username', '--name', '--login', '--account'],
  '--idle': ['--older-than', '--inactive', '--unused', '--not-seen'],
  '--yes': ['-f', '--force', '--assume-yes', '--no-confirm', '--confirm'],
  '--dry-run': ['--dryrun', '--simulate', '--what-if', '--check', '--pretend', '--no-act'],
  '--format': ['-o', '--output', '--type'],
  '--fields': ['--columns', '--field', '--select'],
  '--config': ['-c', '-f', '--conf', '--configuration', '--settings'],
  '--at': ['--now', '--time', '--date', '--as-of'],
  '--where': ['--filter', '--query', '--match', '--jsonpath', '--selector', '-l'],
  '--sort': ['--order', '--order-by', '--sort-by'],
  '--watch': ['-w', '--follow'],
  '--version': ['-v'],
  '--active': ['--state', '--status'],
};

/** Sentences where the name alone would not say it. */
const BECAUSE: Readonly<Record<string, string>> = {
  '--from': 'the source is named by --store',
  '--source': 'the source is named by --store',
  '--state': 'a state is a flag of its own: --active, --grace, --expired or --refused',
  '--status': 'a state is a flag of its own: --active, --grace, --expired or --refused',
};

/** Flags of some commands, for those that lack them: what is spelt alike means something else. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '--reason': "it belongs to 'expire', and to 'users disable', 'users delete' and 'users passwd'",
};

/** ` (did you mean 'expire'?)` for a word that other programs use, or a typing error; else an empty string. */
export function hintForCommand(word: string, command: Command): string {
  const names = visibleCommands(command).map((sub) => sub.name());
  const synonyms = Object.entries(COMMANDS[fullName(command)] ?? {});
  const meant = synonyms.find(
    ([target, words]) => words.includes(word) && names.includes(target.split(' ', 1)[0] ?? ''),
  );
  return meant ? ` (did you mean '${meant[0]}'?)` : didYouMean(word, names);
}

/** The same for an option; for one of another command, or one that stands before its command, where it belongs. */
export function hintForOption(flag: string, command: Command): string {
  const flags = ownAndShared(command).flatMap((each) => visibleOptions(each).map(({ long }) => String(long)));
  const meant = Object.entries(OPTIONS).find(
    ([target, words]) => words.includes(flag) && flags.includes(target),
  )?.[0];
  if (meant !== undefined) return ` (${BECAUSE[flag] ?? `did you mean '${meant}'?`})`;
  const owner = command.commands.find((sub) =>
    sub.options.some(({ long, short }) => flag === long || flag === short),
  );
  if (owner) return `: it belongs after '${owner.name()}'`;
  if (ELSEWHERE[flag] !== undefined) return `: ${ELSEWHERE[flag]}`;
  return flag.startsWith('--') ? nearestFlag(flag, flags) : '';
}

/** The dashes do not count: they would make every short flag alike. The beginning of one flag alone stands for it. */
function nearestFlag(flag: string, flags: readonly string[]): string {
  const [begun, ...others] = flag.length > 4 ? flags.filter((each) => each.startsWith(flag)) : [];
  if (begun !== undefined && others.length === 0) return ` (did you mean '${begun}'?)`;
  const names = flags.map((each) => each.replace(/^--/, ''));
  return didYouMean(flag.slice(2), names).replace("'", "'--");
}

function ownAndShared(command: Command): Command[] {
  return command.parent ? [command, ...ownAndShared(command.parent)] : [command];
}
