import type { NodeView } from '../../shared/domain/nodes.ts'
import type { LocalClient } from '../node/index.ts'
import { jobEvent, type Output, percent, sentenceOf, spanText, table } from '../output/index.ts'
import { pagesOf } from './follow-jobs.ts'

/** Every job of the node, newest first. */
export async function jobs(client: LocalClient, output: Output): Promise<boolean> {
  const rows = [['JOB', 'STATE', '', 'NODE', 'FILE']]
  for await (const page of pagesOf(client))
    for (const job of page) {
      output.event(jobEvent(job))
      rows.push([job.id, job.state, percent(job.progress), job.nodeName ?? '-', job.file])
      if (job.error) rows.push(['', '', '', '', `  ${sentenceOf(job.error)}`])
    }
  output.line(rows.length > 1 ? table(rows) : 'No jobs.')
  return true
}

/** This node and those of its lab. */
export async function nodes(client: LocalClient, output: Output): Promise<boolean> {
  const rows = [['NODE', 'NAME', 'STATE', 'BUSY', 'CLASS', 'PROFILES']]
  for (const node of await client.nodes.list()) {
    output.event(nodeEvent(node))
    const { nodeId, name, isSelf, state, busy, slots, profiles } = node
    rows.push([
      nodeId.slice(0, 8),
      isSelf ? `${name} (this)` : name,
      state,
      `${busy}/${slots}`,
      node.class,
      profiles.join(' ')
    ])
  }
  output.line(table(rows))
  return true
}

function nodeEvent({
  nodeId,
  name,
  state,
  reason,
  slots,
  busy,
  class: nodeClass,
  profiles,
  isSelf,
  address
}: NodeView) {
  return {
    event: 'node',
    nodeId,
    name,
    state,
    slots,
    busy,
    class: nodeClass,
    profiles,
    self: isSelf,
    ...(reason !== '' && { reason }),
    ...(address !== undefined && { address })
  }
}

/** What the node is and does. */
export async function status(client: LocalClient, output: Output): Promise<boolean> {
  const now = await client.status()
  output.event({ event: 'status', ...now })
  const counts = Object.entries(now.counts).filter(([, count]) => count > 0)
  output.line(`${now.name} (${now.nodeId}), version ${now.version}`)
  output.line(`Worker: ${now.worker}${now.workerReason ? `, ${now.workerReason}` : ''}`)
  output.line(`Jobs: ${counts.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}`)
  if (now.remainingMs !== undefined) output.line(`About ${spanText(now.remainingMs / 1000)} of work left`)
  if (!now.video.available) output.line(`Video is off. ${now.video.hint ?? ''}`.trimEnd())
  if (now.configError) output.line(`Configuration: ${sentenceOf(now.configError)}`)
  if (now.storageError) output.line(`Jobs: ${sentenceOf(now.storageError)}`)
  output.line(`Page: ${now.uiUrl}`)
  output.line(`Peers: port ${now.peerPort}; data: ${now.dataDir}`)
  return true
}
