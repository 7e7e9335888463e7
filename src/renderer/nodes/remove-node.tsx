import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { NodeView } from '../../shared/domain/nodes.ts'
import type { JobError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { ProblemNote } from '../problem/index.ts'

/** Asks before a computer is removed from the lab, and says what becomes of its work. Open while `node` is given. */
export function RemoveNode({ node, onClose }: { node: NodeView | undefined; onClose: () => void }) {
  return (
    <Modal
      opened={node !== undefined}
      onClose={onClose}
      title="Remove this computer from the lab"
      centered
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {node !== undefined && <Question node={node} onClose={onClose} />}
    </Modal>
  )
}

function Question({ node, onClose }: { node: NodeView; onClose: () => void }) {
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<JobError>()
  const remove = async () => {
    setAsking(true)
    try {
      await api.nodes.remove({ node: node.nodeId })
      onClose()
    } catch (error) {
      setProblem(toProblem(error))
      setAsking(false)
    }
  }
  return (
    <Stack>
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        {node.name}
      </Text>
      <Text>{whatHappens(node.running.length)}</Text>
      <Text>
        No computer of the lab will trust it any more. Finished results stay where they are. To have it back, add it
        again with a new code.
      </Text>
      {problem !== undefined && <ProblemNote problem={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red" loading={asking} onClick={remove}>
          Remove
        </Button>
      </Group>
    </Stack>
  )
}

function whatHappens(running: number): string {
  if (running === 0) return 'It runs none of your jobs now.'
  return running === 1
    ? 'The job that it runs for you stops there and starts again on another computer.'
    : `The ${running} jobs that it runs for you stop there and start again on other computers.`
}
