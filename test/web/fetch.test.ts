import { describeAdapter } from '../aid/web/adapter.js';
import { fetchApp } from '../aid/web/apps/fetch.js';

describeAdapter('Request and Response, by Hono', fetchApp);
