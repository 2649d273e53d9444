import type { Command } from 'commander';
import type { Group } from './rows.js';

/** What `help TOPIC` says. */
export interface TopicText {
  /** Paragraphs before the rows. */
  intro: readonly string[];
  groups: readonly Group[];
  /** Paragraphs after the rows. */
  notes: readonly string[];
}

/** A subject that belongs to no single command. */
export interface Topic {
  name: string;
  summary: string;
  load(program: Command): Promise<TopicText>;
}
