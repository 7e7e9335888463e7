import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { JobError } from '../../shared/errors.ts'
import { toProblem } from '../api/problem.ts'
import classes from './problem-note.module.css'

/** A failure in place: its sentence, and what to try. Screen readers say it at once. */
export function ProblemNote({ problem }: { problem: JobError }) {
  return (
    <div className={classes.note} role="alert">
      <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
      <div>
        <Text size="sm" fw={600}>
          {problem.message}
        </Text>
        {problem.hint !== undefined && <Text size="sm">{problem.hint}</Text>}
      </div>
    </div>
  )
}

/** A failure of something that was asked for in passing; shown in the corner of the window. */
export function notifyProblem(thrown: unknown): void {
  const problem = toProblem(thrown)
  notifications.show({ color: 'red', title: problem.message, message: problem.hint ?? '', autoClose: 10_000 })
}
