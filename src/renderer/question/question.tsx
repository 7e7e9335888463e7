import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { JobError } from '../../shared/errors.ts'
import { toProblem } from '../api/problem.ts'
import { ProblemNote } from '../problem/index.ts'

interface QuestionProps {
  title: string
  /** The name of what it is about; open while one is given. */
  about: string | undefined
  /** What will come of it. */
  children: ReactNode
  /** The word of the button that does it. */
  verb: string
  /** What throws is shown, and can be tried again; else the question closes. */
  onConfirm: () => Promise<void>
  onClose: () => void
}

/** Asks before something is taken away for good. Keeping it is what Enter does. */
export function Question({ title, about, onClose, ...rest }: QuestionProps) {
  return (
    <Modal
      opened={about !== undefined}
      onClose={onClose}
      title={title}
      centered
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {about !== undefined && <Asked about={about} onClose={onClose} {...rest} />}
    </Modal>
  )
}

function Asked({ about, children, verb, onConfirm, onClose }: Omit<QuestionProps, 'title'>) {
  const [doing, setDoing] = useState(false)
  const [problem, setProblem] = useState<JobError>()
  const confirm = async () => {
    setDoing(true)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setProblem(toProblem(error))
      setDoing(false)
    }
  }
  return (
    <Stack>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {about}
      </Text>
      {children}
      {problem !== undefined && <ProblemNote problem={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={doing} onClick={() => void confirm()}>
          {verb}
        </Button>
      </Group>
    </Stack>
  )
}
