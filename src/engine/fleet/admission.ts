/** Which end opened a link, as this side sees it. */
interface Ended {
  readonly dialled: boolean
}

/**
 * Which of two links to the same node stays; both sides come to the same answer without a word.
 *
 * Opened by the same end: the newer, since that end would not dial if it still had the older. Opened by both ends at
 * the same moment: the one that the node with the lesser id opened.
 */
export function isReplacedBy(present: Ended, newcomer: Ended, selfId: string, otherId: string): boolean {
  if (present.dialled === newcomer.dialled) return true
  return newcomer.dialled === selfId < otherId
}
