import { median } from '../../figure.ts'
import type { Contender, Section, Skipped } from '../section.ts'
import { keeps, medianCpuMs, medianMs, peakMb, type Verdict, verdictOf } from './verdict.ts'

/** A measure as lines for the terminal: who, how long, how much memory, the command, and what was asked. */
export function linesOf(section: Section | Skipped): string[] {
  if ('missing' in section) return [section.title.toUpperCase(), `  not measured: ${section.missing}`]
  const shown = new Set<Contender>()
  const contender = (one: Contender) => {
    if (shown.has(one)) return []
    shown.add(one)
    return [`  ${one.name.padEnd(42)} ${figures(one)}`, `      $ ${one.command}`]
  }
  const duels = section.duels.flatMap((duel) => [
    ...contender(duel.ours),
    ...contender(duel.peer),
    ...duel.goals.map((goal) => `  -> ${spoken(verdictOf(duel, goal))}`)
  ])
  const limits = (section.limits ?? []).flatMap((limit) => [...contender(limit.ours), `  -> ${spoken(keeps(limit))}`])
  const notes = section.notes.map((note) => `  ${note}`)
  return [section.title.toUpperCase(), `  ${section.input}`, ...duels, ...limits, ...notes]
}

/** `1.85 s (1.80 – 1.92), peak 120 MB, first slide 2.10 s, starts in 0.13 s`. */
export function figures(one: Contender): string {
  const times = one.runs.map(({ ms }) => ms)
  const range = times.length < 2 ? '' : ` (${seconds(Math.min(...times))} – ${seconds(Math.max(...times))})`
  const peak = peakMb(one) === 0 ? '' : `, peak ${Math.round(peakMb(one))} MB`
  const middle = (label: string, all: number[]) => (all.length === 0 ? '' : `, ${label} ${seconds(median(all))} s`)
  const first = middle(
    'first slide',
    one.runs.flatMap(({ firstMs }) => firstMs ?? [])
  )
  const start = middle(
    'starts in',
    one.runs.flatMap(({ startMs }) => startMs ?? [])
  )
  const cpu = medianCpuMs(one) === 0 ? '' : `, processor ${seconds(medianCpuMs(one))} s`
  return `${seconds(medianMs(one))} s${range}${cpu}${peak}${first}${start}`
}

const seconds = (ms: number) => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1)
const spoken = ({ ratio, goal, isMet }: Verdict) => `${ratio}; asked: ${goal}: ${isMet ? 'MET' : 'NOT MET'}`
