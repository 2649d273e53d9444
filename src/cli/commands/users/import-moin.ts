import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import { addWritingOptions, assertWritableNow } from '../../input/flags.js';
import { gather } from '../../input/parse.js';
import { RowOutput } from '../../output/row-output.js';
import { importedUserView } from '../../output/users.js';
import { withAudit } from '../../site/audit.js';
import { siteOptions } from '../../site/site.js';
import { type ImportMoinOptions, importWikiUsers } from './import-wiki-users.js';
import { USERS_OF_WIKI, userFileOf } from './user-file.js';
import { assertWikiFields, chooseWikiUsers, readWikiUsers, USUAL_FIELDS } from './wiki-users.js';

const EXAMPLES = `
moin-sessions users import-moin /srv/wiki/data --dry-run  # what would happen?
moin-sessions users import-moin /srv/wiki/data
moin-sessions users import-moin wiki/data --user JaneDoe --user 'Jörg Müller'
moin-sessions users import-moin /srv/wiki/data --field email --field jid
`;

const NOTES = `
<dir> is the wiki's folder, its folder data, or data/user. It is only read.

Ids stay, so that sessions of the wiki that were copied keep their owner. Users
log in with their passwords of the wiki. Each hash is put under one of ours,
which takes a third of a second of a core for each user, and is replaced at the
first login. Users without a hash that can be checked ({DES}, say) come along, too:
no password opens their account until 'users passwd' sets one.

Run it again after an interruption, or for users who came later: those who are
here stay as they are.`;

export function defineImportMoin(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addWritingOptions(command)
    .option(
      '--field <wiki-field>',
      `a field of the wiki's to take along; repeatable (default: ${USUAL_FIELDS.join(', ')})`,
      gather,
    )
    .option('--user <wiki-user>', 'name or id of a user of the wiki; repeatable (default: all)', gather)
    .argument('<dir>', 'folder of the wiki')
    .action((dir: string, _options, self: Command) => run(context, dir, self.optsWithGlobals()));
}

async function run(context: CliContext, dir: string, options: ImportMoinOptions): Promise<void> {
  assertWritableNow(options);
  const output = new RowOutput(context, options, importedUserView);
  // As other commands name a wiki.
  const { folder, users } = await readWikiUsers(context, dir.replace(/^moin:/i, ''));
  if (options.field !== undefined) await assertWikiFields(options.field, users);
  const { chosen, missing } = await chooseWikiUsers(context, users, options.user ?? []);
  const site = await siteOptions(context, options, { refusesWiki: USERS_OF_WIKI });
  const directory = await userFileOf(site);
  await withAudit(context, site, options.dryRun !== true, ({ audit }) =>
    importWikiUsers({ context, options, directory, site, audit, folder }, chosen, { output, missing }),
  );
}
