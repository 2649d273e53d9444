import { FIELD_MEANINGS } from '../../../session/admin/field-meanings.js';
import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

export function fieldsTopic(): TopicText {
  return {
    intro: [],
    groups: [{ heading: 'Fields of a session', rows: rowsOf(FIELD_MEANINGS) }],
    notes: ['A table shows times as distances from now, every other format ISO 8601 in UTC.'],
  };
}
