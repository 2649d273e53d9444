import { commandLines } from './command-lines.js';
import { configurations } from './configurations.js';
import { cookies } from './cookies.js';
import { pickles } from './pickles.js';
import { records } from './records.js';
import type { Target } from './target.js';

export const targets: readonly Target[] = [cookies, records, pickles, configurations, commandLines];
