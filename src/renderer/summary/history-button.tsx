import { ActionIcon, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import type { Submission } from '../../shared/domain/jobs.ts'
import { formatMoment } from '../format/moment.ts'
import { plural } from '../format/quantity.ts'
import { priorityWords } from '../jobs/index.ts'
import { useLab } from '../state/lab-store.ts'
import { Portions } from './portions.tsx'
import classes from './summary.module.css'
import { CsvLink, RetryFailed } from './summary-actions.tsx'
import { summaryOf } from './summary-words.ts'

interface HistoryButtonProps {
  onShow(submissionId: string, failedOnly: boolean): void
}

/** Opens the list of everything that was dropped, newest first. */
export function HistoryButton({ onShow }: HistoryButtonProps) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  const show = (id: string, failedOnly: boolean) => {
    close()
    onShow(id, failedOnly)
  }
  return (
    <>
      <ActionIcon
        variant="default"
        size={34}
        aria-label="Submissions"
        title="Submissions"
        onClick={() => setOpened(true)}
      >
        <IconHistory size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
      <Drawer
        opened={opened}
        onClose={close}
        position="right"
        size={520}
        padding="lg"
        title={<Title order={2}>Submissions</Title>}
        closeButtonProps={{ 'aria-label': 'Close the submissions' }}
        overlayProps={{ backgroundOpacity: 0.25 }}
        transitionProps={{ duration: 120 }}
      >
        <History onShow={show} />
      </Drawer>
    </>
  )
}

function History({ onShow }: HistoryButtonProps) {
  const submissions = useLab((lab) => lab.submissions)
  const newest = [...submissions.values()].sort((a, b) => b.createdAtMs - a.createdAtMs)
  if (newest.length === 0) return <Text c="dimmed">Nothing has been dropped yet.</Text>
  return (
    <Stack gap="sm">
      {newest.map((submission) => (
        <Entry key={submission.id} submission={submission} onShow={onShow} />
      ))}
    </Stack>
  )
}

function Entry({ submission, onShow }: { submission: Submission } & HistoryButtonProps) {
  const priority =
    submission.priority === 'normal' ? '' : `, ${priorityWords[submission.priority].toLowerCase()} priority`
  return (
    <article className={classes.entry}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Text fw={600}>
          {plural(submission.total, 'file')}
          {priority}
        </Text>
        <Text size="sm" c="dimmed" className="tabular">
          {formatMoment(submission.createdAtMs, Date.now())}
        </Text>
      </Group>
      <Portions submission={submission} />
      <Text size="sm" c="dimmed" className="tabular">
        {summaryOf(submission)}
      </Text>
      <Text size="sm" c="dimmed" className={classes.path} title={submission.destination}>
        To {submission.destination}
      </Text>
      <Group gap={6} mt={4}>
        <RetryFailed submission={submission} />
        <Button variant="light" size="compact-sm" onClick={() => onShow(submission.id, false)}>
          Show files
        </Button>
        <CsvLink submission={submission} />
      </Group>
    </article>
  )
}
