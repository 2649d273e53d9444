import { Command } from 'commander';
import { addFilterOptions } from '../../selection/filters.js';
import { describeCommand } from '../describe.js';
import type { TopicText } from '../topic.js';

/** The filters as the commands themselves define them. */
export function filtersTopic(): TopicText {
  const { optionGroups } = describeCommand(addFilterOptions(new Command()));
  return {
    intro: ['Which sessions a command shows or changes: those that meet all filters given.'],
    groups: optionGroups,
    notes: [
      'Several users: the sessions of any of them. A --user is looked for by name, and if nobody has that name, by id. A user whom neither the directory nor a session knows is an error (exit status 3).',
    ],
  };
}
