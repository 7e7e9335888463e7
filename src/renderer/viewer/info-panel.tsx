import { ActionIcon, Code, CopyButton, Group, Loader, Title, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, IconFolderOpen } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Job, JobDetails } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'
import { bridge } from '../api/bridge.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { ProblemNote } from '../problem/index.ts'
import { type Fact, jobFacts, reportFacts } from './facts.ts'
import classes from './viewer.module.css'

/** What there is to know of a result: its profile, what the converter said of it, and where it lies. */
export function InfoPanel({ job }: { job: Job }) {
  const details = useDetails(job.id)
  return (
    <aside className={classes.info} aria-label="Details">
      <section>
        <Title order={2} size="h3" mb="xs">
          Job
        </Title>
        <Facts facts={jobFacts(job)} />
      </section>
      <section>
        <Title order={2} size="h3" mb="xs">
          Result
        </Title>
        {details === undefined && <Loader size="sm" aria-label="Reading" />}
        {details?.type === 'failed' && <ProblemNote problem={details.problem} />}
        {details?.type === 'read' && <Facts facts={reportFacts(details.job.report ?? {})} />}
        {job.output !== undefined && <Place output={job.output} />}
      </section>
    </aside>
  )
}

function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Place({ output }: { output: string }) {
  return (
    <Group gap={4} wrap="nowrap" mt="md" align="flex-start">
      <Code block className={classes.path}>
        {output}
      </Code>
      <CopyButton value={output}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy the path'}>
            <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={copied ? 'Copied' : 'Copy the path'}>
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      {bridge && (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={() => void bridge?.showInFolder(output)}
          aria-label="Show in folder"
          title="Show in folder"
        >
          <IconFolderOpen size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  )
}

type Details = { type: 'read'; job: JobDetails } | { type: 'failed'; problem: JobError }

function useDetails(id: string): Details | undefined {
  const [details, setDetails] = useState<Details>()
  useEffect(() => {
    const leaving = new AbortController()
    api.jobs.get({ id }, { signal: leaving.signal }).then(
      (job) => setDetails({ type: 'read', job }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setDetails({ type: 'failed', problem: toProblem(error) })
      }
    )
    return () => leaving.abort()
  }, [id])
  return details
}
