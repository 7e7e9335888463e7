import { CloseButton, Select, TextInput, UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Submission } from '../../shared/domain/jobs.ts'
import { formatMoment } from '../format/moment.ts'
import { formatCount, plural } from '../format/quantity.ts'
import { useLab } from '../state/lab-store.ts'
import { HistoryButton } from '../summary/index.ts'
import { type StateFilter, stateFilters } from './job-filter.ts'
import { useQueue } from './queue-store.ts'
import classes from './toolbar.module.css'
import { useShowSubmission } from './use-show-submission.ts'

const words: Record<StateFilter, string> = {
  all: 'All',
  running: 'Running',
  waiting: 'Waiting',
  held: 'Held',
  failed: 'Failed',
  done: 'Done',
  cancelled: 'Cancelled'
}

/** Filters by state with their counts, by submission, and by words. */
export function Toolbar({ counts }: { counts: Record<StateFilter, number> }) {
  const current = useQueue((queue) => queue.state)
  const setState = useQueue((queue) => queue.setState)
  const showSubmission = useShowSubmission()
  return (
    <div className={classes.toolbar}>
      <fieldset className={classes.filters} aria-label="Show jobs by state">
        {stateFilters.map((state) => (
          <UnstyledButton
            key={state}
            className={classes.filter}
            aria-pressed={state === current}
            data-quiet={counts[state] === 0 || undefined}
            data-alert={(state === 'failed' && counts.failed > 0) || undefined}
            onClick={() => setState(state)}
          >
            {words[state]}
            <span className={classes.count}>{formatCount(counts[state])}</span>
          </UnstyledButton>
        ))}
      </fieldset>
      <span className={classes.gap} />
      <SubmissionSelect />
      <Search />
      <HistoryButton onShow={showSubmission} />
    </div>
  )
}

function Search() {
  const search = useQueue((queue) => queue.search)
  const setSearch = useQueue((queue) => queue.setSearch)
  return (
    <TextInput
      className={classes.search}
      size="sm"
      aria-label="Search by file, computer or failure"
      placeholder="Search"
      value={search}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        search === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setSearch('')} />
      }
      onChange={(event) => setSearch(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setSearch('')
      }}
    />
  )
}

function SubmissionSelect() {
  const submissions = useLab((lab) => lab.submissions)
  const submissionId = useQueue((queue) => queue.submissionId)
  const showSubmission = useQueue((queue) => queue.showSubmission)
  const newest = [...submissions.values()].sort((a, b) => b.createdAtMs - a.createdAtMs)
  return (
    <Select
      className={classes.submissions}
      size="sm"
      aria-label="Show one submission"
      placeholder="All submissions"
      clearable
      clearButtonProps={{ 'aria-label': 'Show all submissions' }}
      value={submissionId ?? null}
      data={newest.map((submission) => ({ value: submission.id, label: labelOf(submission) }))}
      onChange={(id) => showSubmission(id ?? undefined)}
      comboboxProps={{ width: 260, position: 'bottom-end' }}
    />
  )
}

function labelOf(submission: Submission): string {
  return `${formatMoment(submission.createdAtMs, Date.now())}, ${plural(submission.total, 'file')}`
}
