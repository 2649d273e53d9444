import { counted } from '../../output/humanize.js';
import type { ToldRequest } from '../../output/simulation-story.js';
import { verdictOf } from '../../output/verdict.js';
import { shown } from '../../output/words.js';

/** Where the login of an archive got lost, in one sentence: the first finding, or the first request without a user. */
export function headlineOf(requests: readonly ToldRequest[]): string {
  const { length } = requests;
  const found = requests.findIndex(({ recorded }) => recorded !== undefined && recorded.findings.length > 0);
  if (found !== -1) {
    const { recorded } = requests[found] as ToldRequest;
    return `Entry ${recorded?.entry} of the archive: ${shown(recorded?.findings[0] ?? '')}`;
  }
  const lost = requests.findIndex(({ user }, index) => user === null && requests[index - 1]?.user != null);
  const at = lost === -1 ? length - 1 : lost;
  const verdict = verdictOf(requests[at] as ToldRequest, shown);
  const entry = requests[at]?.recorded?.entry;
  return `${lost === -1 ? `After ${counted(length, 'request')}` : `From entry ${entry} of the archive on`} ${verdict}`;
}
