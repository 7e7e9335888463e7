import type { JobDetails, OnExists } from '../../shared/domain/jobs.ts'
import { formatMoment } from '../format/moment.ts'
import { plural } from '../format/quantity.ts'
import { priorityWords } from '../jobs/index.ts'
import { CopyLine } from './copy-line.tsx'
import classes from './details.module.css'
import { reportFacts } from './report-facts.ts'

const existsWords: Record<OnExists, string> = {
  skip: 'Skip if it is the same result',
  rename: 'Keep both, with a new name',
  replace: 'Replace it'
}

/** Where the job comes from and goes to, and what the converter said of its result. */
export function Facts({ details }: { details: JobDetails }) {
  const report = reportFacts(details.report)
  return (
    <>
      <Section title="Files">
        <Fact name="Source">
          <CopyLine text={details.file} what="path of the source" />
        </Fact>
        {details.fileCount !== undefined && <Fact name="Consists of">{plural(details.fileCount, 'file')}</Fact>}
        <Fact name={details.output === undefined ? 'Goes to' : 'Result'}>
          <CopyLine text={details.output ?? details.destination} what="path of the result" />
        </Fact>
        <Fact name="If it exists">{existsWords[details.onExists]}</Fact>
        <Fact name="Options">{optionsOf(details)}</Fact>
        <Fact name="Priority">{priorityWords[details.priority]}</Fact>
        <Fact name="Added">{formatMoment(details.createdAtMs, Date.now())}</Fact>
      </Section>
      {report.length > 0 && (
        <Section title="Result">
          {report.map(({ name, value }) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </Section>
      )}
    </>
  )
}

function optionsOf({ profile }: JobDetails): string {
  const shown = reportFacts(profile.options).map(({ name, value }) => `${name.toLowerCase()} ${value}`)
  return shown.join(', ') || 'As the profile says'
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      <dl className={classes.facts}>{children}</dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
