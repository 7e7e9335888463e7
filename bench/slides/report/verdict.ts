import { median } from '../../figure.ts'
import type { Contender, Duel, Goal, Limit } from '../section.ts'

/** `15.2 x faster`, what was asked for, and whether it was reached. */
export interface Verdict {
  ratio: string
  goal: string
  isMet: boolean
}

export const medianMs = ({ runs }: Contender) => median(runs.map(({ ms }) => ms))
export const medianCpuMs = ({ runs }: Contender) => median(runs.map(({ cpuMs }) => cpuMs))
export const peakMb = ({ runs }: Contender) => Math.max(...runs.map(({ peakMb }) => peakMb))

/** What came of one goal of a duel, by the medians. */
export function verdictOf({ ours, peer }: Duel, goal: Goal): Verdict {
  const [mine, theirs] = [medianMs(ours), medianMs(peer)]
  if ('faster' in goal) {
    const asked = goal.faster === 1 ? 'no slower' : `at least ${goal.faster} x faster`
    const aim = goal.aim === undefined ? '' : ` (aim: ${goal.aim} x)`
    return {
      ratio: `${(theirs / mine).toFixed(2)} x faster${byProcessor(ours, peer)}`,
      goal: `${asked}${aim}`,
      isMet: theirs / mine >= goal.faster
    }
  }
  if ('within' in goal) {
    const asked = goal.within === 1 ? 'no slower' : `at most ${goal.within} x the time`
    return { ratio: `${(mine / theirs).toFixed(2)} x the time`, goal: asked, isMet: mine / theirs <= goal.within }
  }
  const [ourPeak, theirPeak] = [peakMb(ours), peakMb(peer)]
  return {
    ratio: `${(ourPeak / theirPeak).toFixed(2)} x the memory`,
    goal: 'no more memory',
    isMet: ourPeak <= theirPeak
  }
}

/** Whether a limit was kept. */
export function keeps({ ours, atMostMb }: Limit): Verdict {
  const peak = peakMb(ours)
  return { ratio: `${Math.round(peak)} MB`, goal: `at most ${atMostMb} MB`, isMet: peak <= atMostMb }
}

/** What a busy machine changes least. */
function byProcessor(ours: Contender, peer: Contender): string {
  const [mine, theirs] = [medianCpuMs(ours), medianCpuMs(peer)]
  return mine === 0 || theirs === 0 ? '' : `, ${(theirs / mine).toFixed(2)} x less processor time`
}
