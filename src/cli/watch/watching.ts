import type { CliContext } from '../context.js';
import type { RowOutput } from '../output/row-output.js';
import type { ListedSession } from '../output/sessions.js';
import type { ListOptions } from '../selection/list-options.js';
import type { Order } from '../sort/order.js';

/** What both kinds of output work with. */
export interface Watching {
  context: CliContext;
  options: ListOptions;
  output: RowOutput<ListedSession>;
  order: Order;
  /** Begins to read the sessions anew. */
  read: () => AsyncIterable<ListedSession>;
  /** Looks again and again; between two looks the store rests at least as long as the last look took. Never returns. */
  repeat: (look: () => Promise<void>, onResize?: () => Promise<void>) => Promise<never>;
}
