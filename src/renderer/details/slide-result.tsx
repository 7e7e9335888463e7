import type { Report } from '../../shared/domain/jobs.ts'
import { type RepairedTile, slideReport, slideSentence } from '../../shared/domain/slide-report.ts'
import { formatCount, plural } from '../format/quantity.ts'
import { IdentityWarning } from '../profiles/index.ts'
import classes from './details.module.css'

/** How a slide came out: one sentence, what was left out of it, and every tile that had to be repaired. */
export function SlideResult({ report }: { report: Report }) {
  const sentence = slideSentence(report)
  const { success, data } = slideReport.safeParse(report)
  if (sentence === undefined || !success) return null
  return (
    <div className={classes.slideResult}>
      <p className={classes.sentence}>{asSentence(sentence)}</p>
      {data.deidentified === false && (
        <IdentityWarning>
          Not de-identified: this result carries the label, the macro image or words that may name a patient. Think
          before you pass it on.
        </IdentityWarning>
      )}
      {data.removed.length > 0 && (
        <Fold title={`Removed: ${plural(data.removed.length, 'entry', 'entries')}`}>
          <ul className={classes.tags}>
            {data.removed.map((tag) => (
              <li key={tag}>{tag}</li>
            ))}
          </ul>
        </Fold>
      )}
      <Repairs repaired={data.repaired} count={data.tiles?.repaired ?? data.repaired.length} />
    </div>
  )
}

function Repairs({ repaired, count }: { repaired: readonly RepairedTile[]; count: number }) {
  if (count === 0) return null
  const hidden = count - repaired.length
  return (
    <Fold title={`Repaired: ${plural(count, 'tile')} that the slide held damaged or not at all`}>
      <table className={classes.repairs}>
        <thead>
          <tr>
            <th scope="col">Level</th>
            <th scope="col">Column</th>
            <th scope="col">Row</th>
            <th scope="col">In its place</th>
          </tr>
        </thead>
        <tbody>
          {repaired.map(({ level, column, row, how }) => (
            <tr key={`${level} ${column} ${row}`}>
              <td>{formatCount(level)}</td>
              <td>{formatCount(column)}</td>
              <td>{formatCount(row)}</td>
              <td>{placeWords[how] ?? how}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && <p className={classes.more}>and {formatCount(hidden)} more, in the file beside the result</p>}
      <p className={classes.more}>Level 0 is the full size; columns and rows count from 0.</p>
    </Fold>
  )
}

/** Keys as the sidecar has them, docs/sidecar.md. */
const placeWords: Record<string, string> = {
  'from a smaller level': 'made from a smaller level',
  background: 'filled with background'
}

function Fold({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <details className={classes.fold}>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.foldBody} tabIndex={0} aria-label={title}>
        {children}
      </section>
    </details>
  )
}

function asSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`
}
