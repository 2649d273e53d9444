import type { Row } from './rows.js';
import type { Topic } from './topic.js';

/** The one list of topics, as the help shows them. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'options',
    summary: 'the options that all commands share',
    load: async (program) => (await import('./topics/options.js')).optionsTopic(program),
  },
  {
    name: 'filters',
    summary: 'which sessions: by user, state, age, values',
    load: async () => (await import('./topics/filters.js')).filtersTopic(),
  },
  {
    name: 'fields',
    summary: 'the fields of a session, for --fields and --sort',
    load: async () => (await import('./topics/fields.js')).fieldsTopic(),
  },
  {
    name: 'states',
    summary: 'active, grace, expired, refused, unreadable',
    load: async () => (await import('./topics/states.js')).statesTopic,
  },
  {
    name: 'formats',
    summary: 'how results are written, for people and programs',
    load: async () => (await import('./topics/formats.js')).formatsTopic,
  },
  {
    name: 'time',
    summary: 'how to write moments and lengths of time',
    load: async () => (await import('./topics/time.js')).timeTopic,
  },
  {
    name: 'environment',
    summary: 'the variables that the program reads',
    load: async () => (await import('./topics/environment.js')).environmentTopic,
  },
  {
    name: 'exit-codes',
    summary: 'what the exit status says',
    load: async () => (await import('./topics/exit-codes.js')).exitCodesTopic,
  },
];

export const topicRows: readonly Row[] = TOPICS.map(({ name, summary }) => ({
  term: name,
  meaning: summary,
}));

export function topicNamed(name: string): Topic | undefined {
  return TOPICS.find((topic) => topic.name === name);
}
