import { Anchor, Progress, Text } from '@mantine/core'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { formatPercent } from '../format/quantity.ts'
import { useView } from '../state/view-store.ts'
import { isReachable } from './node-state.ts'
import classes from './nodes.module.css'

const mostRows = 4

/** What the computer runs now: this computer's jobs by name, those of others by number. */
export function NodeRunning({ node }: { node: NodeView }) {
  if (!isReachable(node.state)) return null
  const more = node.running.length - mostRows
  const foreign = node.busy - node.running.length
  return (
    <div className={classes.running}>
      <Text size="sm" c="dimmed">
        Runs now
      </Text>
      {node.running.slice(0, mostRows).map((job) => (
        <RunningJob key={job.jobId} {...job} />
      ))}
      {more > 0 && <Text size="sm">and {more} more of yours</Text>}
      {foreign > 0 && (
        <Text size="sm">{foreign === 1 ? 'One task' : `${foreign} tasks`} for another computer of the lab</Text>
      )}
      {node.busy === 0 && node.running.length === 0 && <Text size="sm">Nothing</Text>}
    </div>
  )
}

function RunningJob({ jobId, name, progress }: { jobId: string; name: string; progress: number }) {
  const open = () => {
    useView.getState().show('queue')
    useView.getState().openJob(jobId)
  }
  return (
    <div className={classes.job}>
      <Anchor component="button" size="sm" c="var(--mantine-color-text)" truncate title={name} onClick={open}>
        {name}
      </Anchor>
      <Progress value={progress * 100} size={6} aria-label={`Progress of ${name}`} />
      <Text size="sm" className="tabular" ta="right">
        {formatPercent(progress)}
      </Text>
    </div>
  )
}
