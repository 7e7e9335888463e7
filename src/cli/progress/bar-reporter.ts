import type { Job } from '../../shared/domain/jobs.ts'
import { type Output, percent, spanText, speedText } from '../output/index.ts'
import { endedLine } from './ended-line.ts'
import { hasEnded, type Reporter } from './reporter.ts'

const up = (lines: number) => (lines > 0 ? `\x1b[${lines}A` : '')
const eraseToLineEnd = '\x1b[K'
const eraseBelow = '\x1b[J'
/** A name of double-width letters may be longer than it counts: it is cut by the terminal, not wrapped. */
const noWrap = '\x1b[?7l'
const wrap = '\x1b[?7h'
const barCells = 24

/**
 * For a terminal: what ended scrolls away above, below it a bar for each file at work. The block is drawn over itself in one
 * write, so nothing flickers; updates come at most 4 times a second already.
 */
export function barReporter(output: Output): Reporter {
  const jobs = new Map<string, Job>()
  const told = new Set<string>()
  let drawn = 0

  function draw(): void {
    const ended = [...jobs.values()].filter((job) => hasEnded(job) && !told.has(job.id))
    for (const job of ended) told.add(job.id)
    const block = blockOf([...jobs.values()], told.size, output.stdout.rows ?? 24)
    const lines = [...ended.map(endedLine), ...block].map((line) => `${line}${eraseToLineEnd}\n`)
    output.stdout.write(`${up(drawn)}${noWrap}${lines.join('')}${eraseBelow}${wrap}`)
    drawn = block.length
  }

  return {
    update(changed) {
      for (const job of changed) jobs.set(job.id, job)
      draw()
    },
    end: draw
  }
}

function blockOf(jobs: readonly Job[], ended: number, rows: number): string[] {
  if (ended === jobs.length) return []
  const atWork = jobs.filter(({ state }) => state === 'running' || state === 'verifying')
  // One line for the sum, one for the cursor, one to spare.
  const shown = atWork.slice(0, Math.max(1, rows - 3))
  const waiting = jobs.length - ended - atWork.length
  const sum = `${ended} of ${jobs.length} done${waiting > 0 ? `, ${waiting} waiting` : ''}`
  return [...shown.map(barLine), ...(jobs.length > 1 || shown.length === 0 ? [sum] : [])]
}

function barLine({ name, progress, speed, remainingMs, nodeName }: Job): string {
  const full = Math.round(progress * barCells)
  const facts = [
    speed && speedText(speed),
    remainingMs !== undefined && `${spanText(remainingMs / 1000)} left`,
    nodeName && `on ${nodeName}`
  ]
  const words = facts.filter((fact) => typeof fact === 'string' && fact !== '').join(' · ')
  return `${fitted(name, 32)} ${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${percent(progress).padStart(5)}  ${words}`
}

/** The end of a name often tells more than its middle: `very-long…-3.svs`. */
function fitted(name: string, cells: number): string {
  const letters = [...name]
  if (letters.length <= cells) return name.padEnd(cells)
  return `${letters.slice(0, cells - 11).join('')}…${letters.slice(-10).join('')}`
}
