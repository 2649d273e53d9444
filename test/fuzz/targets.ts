import { commandLines } from './command-lines.js';
import { configurations } from './configurations.js';
import { cookies } from './cookies.js';
import { records } from './records.js';
import type { Target } from './target.js';

export const targets: readonly Target[] = [cookies, records, configurations, commandLines];
