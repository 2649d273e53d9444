import { KEPT, writeReports } from './report.js';

writeReports(KEPT);
