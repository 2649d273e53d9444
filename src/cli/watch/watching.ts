import type { CliContext } from '../context.js';
import type { RowOutput } from '../output/row-output.js';
import type { ListedSession } from '../output/sessions.js';
import type { ListOptions } from '../selection/list-options.js';
import type { Order } from '../sort/order.js';
import type { Repeat } from './repeat.js';

/** What both kinds of output work with. */
export interface Watching {
  context: CliContext;
  options: ListOptions;
  output: RowOutput<ListedSession>;
  order: Order;
  /** Begins to read the sessions anew. */
  read: () => AsyncIterable<ListedSession>;
  /** The time between two looks, in ms. */
  every: number;
  repeat: Repeat;
}
