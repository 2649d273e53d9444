import { describeAdapter } from '../aid/web/adapter.js';
import { nodeApp } from '../aid/web/apps/node.js';

describeAdapter('bare http', nodeApp);
