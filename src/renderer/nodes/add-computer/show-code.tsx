import { Button, Group, Loader, RingProgress, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { JobError } from '../../../shared/errors.ts'
import { ProblemNote } from '../../problem/index.ts'
import { useLab } from '../../state/lab-store.ts'
import classes from './add-computer.module.css'
import { countdown, spokenCode } from './code-countdown.ts'
import { Paired } from './paired.tsx'
import type { PairingState } from './pairing-state.ts'
import { usePairing } from './use-pairing.ts'

/** Shows six digits on this computer until they were typed on the other, or a minute has gone. */
export function ShowCode({ onClose }: { onClose: () => void }) {
  const { state, again } = usePairing()
  if (state.type === 'paired') return <Paired name={state.name} onClose={onClose} />
  return (
    <Stack gap="lg">
      <ol className={classes.steps}>
        <li>Open Microtome on a computer of the lab that this one is to join.</li>
        <li>There choose Computers, Add another computer, Type the code of another computer.</li>
        <li>Pick this computer in its list and type these digits.</li>
      </ol>
      <div className={classes.codeBox} aria-live="polite">
        <CodeBox state={state} again={again} />
        <MadeUpName />
      </div>
    </Stack>
  )
}

function MadeUpName() {
  const instance = useLab((lab) => lab.status?.instance)
  if (instance === undefined) return null
  return (
    <Text size="sm">
      In the list of the other computer this one is called <strong>{instance}</strong>.
    </Text>
  )
}

type Unpaired = Exclude<PairingState, { type: 'paired' }>

function CodeBox({ state, again }: { state: Unpaired; again: () => void }) {
  switch (state.type) {
    case 'opening':
      return <Loader role="status" aria-label="Making a code" />
    case 'code':
      return <Code code={state.code} expiresAtMs={state.expiresAtMs} refusal={state.refusal} />
    case 'refused':
      return <ProblemNote problem={state.error} />
    case 'expired':
      return <Ended sentence="The code has expired. Nobody typed it within a minute." again={again} />
    case 'failed':
      return (
        <Stack align="center">
          <ProblemNote problem={state.error} />
          <Button variant="default" onClick={again}>
            Try again
          </Button>
        </Stack>
      )
  }
}

function Code({ code, expiresAtMs, refusal }: { code: string; expiresAtMs: number; refusal: JobError | undefined }) {
  return (
    <Stack gap="sm" align="center">
      <Group gap="xl" wrap="nowrap">
        <Text className={classes.code} aria-label={`Code ${[...code].join(' ')}`}>
          {spokenCode(code)}
        </Text>
        <Ring expiresAtMs={expiresAtMs} />
      </Group>
      {refusal !== undefined && <Text size="sm">{refusal.message} Here is a new code.</Text>}
    </Stack>
  )
}

function Ring({ expiresAtMs }: { expiresAtMs: number }) {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const { secondsLeft, percent } = countdown(expiresAtMs, nowMs)
  return (
    <div role="timer" aria-live="off" aria-label={`${secondsLeft} seconds left`}>
      <RingProgress
        size={72}
        thickness={6}
        roundCaps
        transitionDuration={250}
        sections={[{ value: percent, color: secondsLeft <= 10 ? 'orange' : 'ink.5' }]}
        label={
          <Text ta="center" className="tabular" fw={600} aria-hidden>
            {secondsLeft}
          </Text>
        }
      />
    </div>
  )
}

function Ended({ sentence, again }: { sentence: string; again: () => void }) {
  return (
    <Stack align="center" gap="sm">
      <Text>{sentence}</Text>
      <Button onClick={again}>Show a new code</Button>
    </Stack>
  )
}
