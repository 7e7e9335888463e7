import { ActionIcon, Loader, Title } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import type { Job } from '../../shared/domain/jobs.ts'
import { profiles } from '../../shared/domain/profiles.ts'
import { bridge } from '../api/bridge.ts'
import { CopyLine } from '../details/copy-line.tsx'
import { type ReportFact, reportFacts } from '../details/report-facts.ts'
import { SlideResult } from '../details/slide-result.tsx'
import { useDetails } from '../details/use-details.ts'
import { formatMoment } from '../format/moment.ts'
import { formatBytes } from '../format/quantity.ts'
import { notifyProblem, ProblemNote } from '../problem/index.ts'
import classes from './viewer.module.css'

/** What there is to know of a result: what the converter said of it, how it was made, and where it lies. */
export function InfoPanel({ job }: { job: Job }) {
  const { details, problem } = useDetails(job.id)
  return (
    <aside className={classes.info} aria-label="Details">
      <Section title="Result">
        {details === undefined && problem === undefined && <Loader size="sm" role="status" aria-label="Reading" />}
        {problem !== undefined && <ProblemNote problem={problem} />}
        {details?.report !== undefined && <SlideResult report={details.report} />}
        <Facts facts={reportFacts(details?.report)} />
      </Section>
      <Section title="How it was made">
        <Facts facts={jobFacts(job)} />
      </Section>
      {job.output !== undefined && <Place output={job.output} />}
    </aside>
  )
}

function jobFacts(job: Job): ReportFact[] {
  return [
    { name: 'Profile', value: profiles[job.profile.name].title },
    ...reportFacts(job.profile.options),
    { name: 'Source', value: formatBytes(job.sizeBytes) },
    ...(job.nodeName === undefined ? [] : [{ name: 'Converted on', value: job.nodeName }]),
    ...(job.endedAtMs === undefined ? [] : [{ name: 'Finished', value: formatMoment(job.endedAtMs, Date.now()) }])
  ]
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

function Facts({ facts }: { facts: ReportFact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Place({ output }: { output: string }) {
  return (
    <Section title="Where it lies">
      <div className={classes.place}>
        <CopyLine text={output} what="path of the result" />
        {bridge && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            onClick={() => bridge?.showInFolder(output).catch(notifyProblem)}
            aria-label="Show in folder"
            title="Show in folder"
          >
            <IconFolderOpen size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
    </Section>
  )
}
