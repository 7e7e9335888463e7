import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { create } from 'zustand'
import type { Job } from '../../shared/domain/jobs.ts'
import { plural } from '../format/quantity.ts'
import { idsFor } from './job-actions.ts'
import { runAction } from './job-commands.ts'

const useQuestion = create<{ jobs: readonly Job[] }>()(() => ({ jobs: [] }))

/** Cancels at once what is a single job; asks before several are stopped. */
export function askToCancel(jobs: readonly Job[]): void {
  if (idsFor(jobs, 'cancel').length > 1) useQuestion.setState({ jobs })
  else void runAction('cancel', jobs)
}

/** What Delete means: ended jobs leave the list, results stay; the others are cancelled after a question. */
export function askToDelete(jobs: readonly Job[]): void {
  void runAction('remove', jobs)
  askToCancel(jobs)
}

/** The question itself; part of the queue's screen. */
export function CancelQuestion() {
  const jobs = useQuestion((question) => question.jobs)
  const close = () => useQuestion.setState({ jobs: [] })
  const count = idsFor(jobs, 'cancel').length
  const confirm = () => {
    void runAction('cancel', jobs)
    close()
  }
  return (
    <Modal opened={count > 0} onClose={close} title={`Cancel ${plural(count, 'job')}?`} centered>
      <Stack gap="lg">
        <Text c="dimmed">What is running stops within two seconds and leaves nothing behind. The sources stay.</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close} data-autofocus>
            Keep them
          </Button>
          <Button color="red" onClick={confirm}>
            Cancel {plural(count, 'job')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
