import { Button, Group, PinInput, Stack, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import type { JobError } from '../../../shared/errors.ts'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { ProblemNote } from '../../problem/index.ts'
import { parseAddress } from './address.ts'
import { ChooseComputer } from './choose-computer.tsx'
import { Paired } from './paired.tsx'

const digits = 6

/** Adds the computer that shows a code: choose it, then type its digits. */
export function TypeCode({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [code, setCode] = useState('')
  const join = useJoin(() => setCode(''))
  const address = parseAddress(typed)
  if (join.pairedWith !== undefined) return <Paired name={join.pairedWith} onClose={onClose} />
  const submit = (complete: string) => {
    if (address !== undefined && complete.length === digits) void join.start(address, complete)
  }
  return (
    <Stack gap="lg">
      <ChooseComputer value={typed} onChange={setTyped} />
      <div>
        <Text fw={600} mb={2} id="pairing-code">
          The six digits that it shows
        </Text>
        <Text size="sm" c="dimmed" mb="sm">
          On the other computer: Computers, Add another computer, Show a code on this computer.
        </Text>
        <PinInput
          length={digits}
          type="number"
          size="lg"
          placeholder=""
          inputMode="numeric"
          ariaLabel="Digit of the code"
          aria-labelledby="pairing-code"
          role="group"
          ref={join.firstDigit}
          value={code}
          onChange={setCode}
          onComplete={submit}
          disabled={join.asking}
          error={join.problem !== undefined && code === ''}
        />
      </div>
      {join.problem !== undefined && <ProblemNote problem={join.problem} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {address === undefined && code.length === digits ? 'Choose the computer first.' : ''}
        </Text>
        <Button
          disabled={address === undefined || code.length < digits}
          loading={join.asking}
          onClick={() => submit(code)}
        >
          Add
        </Button>
      </Group>
    </Stack>
  )
}

/** The call and what came of it. A code counts once, so `clear` empties the digits after a failure. */
function useJoin(clear: () => void) {
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<JobError>()
  const [pairedWith, setPairedWith] = useState<string>()
  const firstDigit = useRef<HTMLInputElement>(null)
  const start = async (address: string, code: string) => {
    setAsking(true)
    setProblem(undefined)
    try {
      setPairedWith((await api.pairing.join({ address, code })).name)
    } catch (error) {
      setProblem(toProblem(error))
      clear()
      requestAnimationFrame(() => firstDigit.current?.focus())
    } finally {
      setAsking(false)
    }
  }
  return { asking, problem, pairedWith, firstDigit, start }
}
