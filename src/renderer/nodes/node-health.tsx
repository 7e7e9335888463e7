import { Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { whyNoWork } from './node-state.ts'
import classes from './nodes.module.css'

/** Why it gets no work, and what failed on it lately; nothing where all is well. */
export function NodeHealth({ node }: { node: NodeView }) {
  const why = whyNoWork(node)
  const failures = node.recentFailures
  if (why === undefined && failures === 0) return null
  const troubled = failures > 0 || node.state === 'incompatible'
  const Icon = troubled ? IconAlertTriangle : IconInfoCircle
  return (
    <div className={classes.note} data-tone={troubled ? 'troubled' : 'away'}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <div>
        <Text size="sm">{why ?? failureSentence(failures)}</Text>
        {node.lastError !== undefined && failures > 0 && (
          <Text size="sm" mt={4} lineClamp={3} title={node.lastError.message}>
            Last failure: {node.lastError.message} {node.lastError.hint}
          </Text>
        )}
      </div>
    </div>
  )
}

function failureSentence(failures: number): string {
  return `${failures === 1 ? 'One task' : `${failures} tasks`} failed on it within the last hour.`
}
