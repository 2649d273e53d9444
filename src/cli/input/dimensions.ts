import { UsageError } from '../../base/errors.js';
import { DIMENSIONS, type Dimension } from '../../session/admin/statistics/groups.js';
import { parseNames } from './parse.js';

/** How many fields a table of counts has at most. */
const MOST = 2;

/** Collects the values of `--by`, which may repeat. @throws UsageError for more than two, and for anything else */
export function gatherDimensions(text: string, before: readonly Dimension[] = []): Dimension[] {
  const names = [...before, ...parseNames(text)];
  const unknown = names.find((name) => !isDimension(name));
  if (unknown !== undefined) throw new UsageError(`--by '${unknown}': choose from ${DIMENSIONS.join(', ')}`);
  if (new Set(names).size < names.length) throw new UsageError('--by names one field twice: name it once');
  if (names.length > MOST) throw new UsageError(`--by takes ${MOST} fields at most`);
  return names.filter(isDimension);
}

function isDimension(name: string): name is Dimension {
  return DIMENSIONS.some((dimension) => dimension === name);
}
