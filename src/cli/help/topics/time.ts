import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const LENGTHS = {
  '30s, 15m, 2h, 7d, 2w, 9y': 'seconds, minutes, hours, days, weeks, years of 365 days',
  '1h30m': 'units one after the other',
  '1.5h': 'a fraction',
};

const MOMENTS = {
  '2026-05-01': 'a day, from its beginning',
  '2026-05-01T12:00': 'a time of that day; seconds and their fractions may follow',
  '2026-05-01T12:00+02:00': 'in another zone than UTC',
  '+2h, -1d': 'from now on, or before now',
};

export const timeTopic: TopicText = {
  intro: ['A time without a zone is UTC.'],
  groups: [
    { heading: 'Lengths of time, as for --idle', rows: rowsOf(LENGTHS) },
    { heading: 'Moments, as for --at', rows: rowsOf(MOMENTS) },
  ],
  notes: [],
};
