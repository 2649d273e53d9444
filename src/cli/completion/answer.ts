import type { Argument, Command, Option } from 'commander';
import type { CliContext } from '../context.js';
import type { SiteFlags } from '../site/site.js';
import { type Answer, type Candidate, isTypable, NOTHING } from './candidate.js';
import { optionsOf, type Parsed } from './expected.js';
import type { Source } from './site-values.js';

/** No shell shows more in a useful way. */
const MOST = 2000;
/** How long the site may take, in ms. What was found until then is shown. */
const DEADLINE = 4000;

/** Says what may stand at the cursor. @param current the word at the cursor */
export async function answerTo(context: CliContext, parsed: Parsed, current: string): Promise<Answer> {
  const { expected } = parsed;
  if (expected === null) return NOTHING;
  const { command } = expected;
  if (expected.kind === 'flags') return words(flagsOf(command, expected.given), current);
  if (expected.kind === 'commands')
    return words([...commandsOf(command), ...(await topicsAt(expected))], current);
  const { of, before } = expected;
  const typed = current.slice(before.length);
  if (of.argChoices !== undefined) {
    const choices = choicesOf(of.argChoices);
    return placeholderOf(of) === 'fields' ? parts(choices, typed, before) : words(choices, typed, before);
  }
  return valuesOf({ context, command, of, before, typed, flags: siteFlags(parsed.values) });
}

interface Wanted {
  context: CliContext;
  command: Command;
  of: Option | Argument;
  before: string;
  typed: string;
  flags: SiteFlags;
}

async function valuesOf(wanted: Wanted): Promise<Answer> {
  const { command, of, typed, before } = wanted;
  // `--field name=text` takes a field of the site's own.
  if ('flags' in of && of.long === '--field') return NOTHING;
  switch (placeholderOf(of)) {
    case 'file':
    case 'what':
      return { kind: 'files', candidates: [], before };
    case 'folder':
      return { kind: 'folders', candidates: [], before };
    case 'where':
      return {
        kind: 'folders',
        candidates: [],
        before: before + (/^(?:file|moin):/i.exec(typed)?.[0] ?? ''),
      };
    case 'field':
      // An argument is a field of the site's own.
      return 'flags' in of ? words(await fields(command), typed, before) : NOTHING;
    case 'fields':
    case 'names':
      return parts(await fields(command), typed, before);
    case 'id':
    case 'name':
    case 'user': {
      const source = await sourceOf(command, of);
      return source === null ? NOTHING : words(await found(source, wanted), typed, before);
    }
    default:
      return NOTHING;
  }
}

/** `<name>` as `name`, `[id...]` as `id`. */
function placeholderOf(of: Option | Argument): string {
  const text = 'flags' in of ? of.flags : `<${of.name()}>`;
  return /[<[]([\w-]+)/.exec(text)?.[1] ?? '';
}

async function sourceOf(command: Command, of: Option | Argument): Promise<Source | null> {
  const sources = await import('./site-values.js');
  const isId = placeholderOf(of) === 'id';
  if ('flags' in of) return isId ? sources.userIds : sources.userNames;
  if (isId) return sources.sessionIds;
  // The name of a new user is nobody's yet.
  return command.name() === 'add' ? null : sources.directoryUserNames;
}

async function fields(command: Command): Promise<Candidate[]> {
  return (await import('./fields.js')).fieldsOf(command);
}

/** Asks a site until the deadline. An error of the site gives no more candidates. */
async function found(source: Source, { context, flags, typed }: Wanted): Promise<Candidate[]> {
  const all = new Map<string, Candidate>();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DEADLINE);
  });
  const search = source(context, flags, typed, (candidate) => {
    if (candidate.value.startsWith(typed) && isTypable(candidate)) all.set(candidate.value, candidate);
    return all.size < MOST;
  });
  await Promise.race([search.catch(() => {}), deadline]);
  clearTimeout(timer);
  return [...all.values()];
}

function words(all: readonly Candidate[], typed: string, before = ''): Answer {
  const isFlag = (value: string) => value.startsWith('-');
  const candidates = all
    .filter(({ value }) => value.startsWith(typed))
    // A value that looks like a flag would be read as one.
    .filter(({ value }) => before !== '' || isFlag(typed) || !isFlag(value))
    .map(({ value, text }) => ({ value: before + value, text }));
  return { kind: 'words', candidates, before };
}

/** The last one of several names with commas between them. Those that are there already are no candidates. */
function parts(all: readonly Candidate[], typed: string, before: string): Answer {
  const last = typed.lastIndexOf(',') + 1;
  const earlier = typed.slice(0, last).split(',');
  const rest = all.filter(({ value }) => !earlier.includes(value));
  return { ...words(rest, typed.slice(last), before + typed.slice(0, last)), kind: 'parts' };
}

function flagsOf(command: Command, given: ReadonlySet<Option>): Candidate[] {
  const flags = optionsOf(command).filter((option) => !option.hidden && !given.has(option));
  const help = { value: '--help', text: 'show help' };
  return [...flags.map(({ long, description }) => ({ value: long ?? '', text: description })), help];
}

function commandsOf(command: Command): Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((sub) => ({ value: sub.name(), text: sub.summary() || sub.description() }));
}

/** The topics of `help`, before a command is named. */
async function topicsAt({ command, isHelp }: { command: Command; isHelp: boolean }): Promise<Candidate[]> {
  if (!isHelp || command.parent !== null) return [];
  const { TOPICS } = await import('../help/topics.js');
  return TOPICS.map(({ name, summary }) => ({ value: name, text: summary }));
}

function choicesOf(choices: readonly string[]): Candidate[] {
  return choices.map((value) => ({ value, text: '' }));
}

function siteFlags(values: ReadonlyMap<string, readonly string[]>): SiteFlags {
  const config = values.get('--config')?.at(-1);
  const store = values.get('--store')?.at(-1);
  const wikiConfig = values.get('--wiki-config');
  return {
    quiet: true,
    ...(config !== undefined && { config }),
    ...(store !== undefined && { store }),
    ...(wikiConfig !== undefined && { wikiConfig: [...wikiConfig] }),
  };
}
