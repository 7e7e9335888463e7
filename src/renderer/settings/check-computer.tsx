import { Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconStethoscope, type TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import type { Check } from '../../shared/contract/local.ts'
import type { JobError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { ProblemNote } from '../problem/index.ts'
import classes from './settings.module.css'

type Doctor =
  | { type: 'idle' }
  | { type: 'asking' }
  | { type: 'answered'; checks: Check[] }
  | { type: 'failed'; problem: JobError }

/** What works on this computer and what to do about the rest; asked only on request, because it tries every tool. */
export function CheckComputer() {
  const [doctor, setDoctor] = useState<Doctor>({ type: 'idle' })
  const ask = async () => {
    setDoctor({ type: 'asking' })
    try {
      setDoctor({ type: 'answered', checks: await api.doctor() })
    } catch (error) {
      setDoctor({ type: 'failed', problem: toProblem(error) })
    }
  }
  return (
    <div className={classes.check}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed">
          Tries converters, encoders, ports, the network and the disk, and says what to do about what does not work.
        </Text>
        <Button
          variant="default"
          flex="none"
          leftSection={<IconStethoscope size={16} aria-hidden />}
          loading={doctor.type === 'asking'}
          onClick={() => void ask()}
        >
          Check this computer
        </Button>
      </Group>
      <div aria-live="polite">
        {doctor.type === 'failed' && <ProblemNote problem={doctor.problem} />}
        {doctor.type === 'answered' && <Checks checks={doctor.checks} />}
      </div>
    </div>
  )
}

const looks: Record<Check['status'], { icon: TablerIcon; word: string }> = {
  ok: { icon: IconCircleCheck, word: 'Works' },
  warning: { icon: IconAlertTriangle, word: 'Limited' },
  failed: { icon: IconCircleX, word: 'Does not work' }
}

function Checks({ checks }: { checks: Check[] }) {
  return (
    <ul className={classes.checks}>
      {checks.map((check) => {
        const { icon: Icon, word } = looks[check.status]
        return (
          <li key={check.name} data-status={check.status}>
            <Icon size={18} stroke={1.8} role="img" aria-label={word} />
            <div>
              <Text size="sm">
                <strong>{check.name}</strong> {check.detail}
              </Text>
              {check.hint !== undefined && (
                <Text size="sm" c="dimmed">
                  {check.hint}
                </Text>
              )}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
