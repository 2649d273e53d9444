import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const VARIABLES = {
  MOIN_SESSIONS_CONFIG: 'the configuration file, without --config',
  MOIN_SESSIONS_STORE: 'the store, without --store; also moin:DIR, a MoinMoin wiki',
  MOIN_SESSIONS_REDIS_PASSWORD: 'the password for Redis',
  MOIN_SESSIONS_REDIS_PASSWORD_FILE: 'a file whose first line is that password',
  NO_COLOR: 'not empty: no colours',
  FORCE_COLOR: 'colours also in a pipe; 0 or false: none',
  TERM: 'dumb: no colours and no pictures that move; dumb and linux: plots of #',
  COLUMNS: 'width of texts off a terminal (default: 80)',
  LINES: 'the same of its height (default: 24)',
  LC_ALL: 'names UTF-8: plots of blocks; else of #',
  LC_CTYPE: 'the same, without LC_ALL',
  LANG: 'the same, without LC_ALL and LC_CTYPE',
  WT_SESSION: 'set by Windows Terminal, which draws blocks',
  SUDO_USER: 'who is named in the audit log, if sudo set it',
  SUDO_UID: 'without it and root, that name is marked as unproven',
  HOME: 'what ~ means in a line that a shell completes',
  UV_THREADPOOL_SIZE: 'threads of Node: users import-moin hashes in so many (4)',
  npm_command: 'exec: the demo names commands with npx',
  TMPDIR: 'folder for temporary files, and for the demo',
};

export const environmentTopic: TopicText = {
  intro: [],
  groups: [{ heading: 'Environment', rows: rowsOf(VARIABLES) }],
  notes: [
    'A flag comes before the environment, the environment before the configuration. FORCE_COLOR comes before NO_COLOR. Every user of a machine can read the arguments of its programs, so the password belongs in the environment. Node itself reads variables, too, such as NODE_OPTIONS.',
  ],
};
