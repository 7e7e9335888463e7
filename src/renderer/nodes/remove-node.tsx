import { Text } from '@mantine/core'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { api } from '../api/client.ts'
import { Question } from '../question/index.ts'

/** Asks before a computer is removed from the lab, and says what becomes of its work. Open while `node` is given. */
export function RemoveNode({ node, onClose }: { node: NodeView | undefined; onClose: () => void }) {
  return (
    <Question
      title="Remove this computer from the lab"
      about={node?.name}
      verb="Remove"
      onConfirm={async () => {
        if (node) await api.nodes.remove({ node: node.nodeId })
      }}
      onClose={onClose}
    >
      <Text>{whatHappens(node?.running.length ?? 0)}</Text>
      <Text>
        No computer of the lab will trust it any more. Finished results stay where they are. To have it back, add it
        again with a new code.
      </Text>
    </Question>
  )
}

function whatHappens(running: number): string {
  if (running === 0) return 'It runs none of your jobs now.'
  return running === 1
    ? 'The job that it runs for you stops there and starts again on another computer.'
    : `The ${running} jobs that it runs for you stop there and start again on other computers.`
}
