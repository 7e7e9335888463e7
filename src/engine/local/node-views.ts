import type { NodeView, WorkerStatus } from '../../shared/domain/nodes.ts'
import type { LiveTask, LiveTasks, WorkerHealth, WorkerPort } from '../scheduler/index.ts'

/** A member of the lab as the roster and the links know it. */
export interface KnownMember {
  nodeId: string
  name: string
  address: string | undefined
  online: boolean
  compatible: boolean
  lastSeenAtMs: number | undefined
}

/** The lab's computers as the page shows them, this one first, then by name. */
export function nodeViews(parts: {
  self: WorkerPort
  selfName: string
  members: KnownMember[]
  ports: WorkerPort[]
  live: LiveTasks
  health: WorkerHealth
}): NodeView[] {
  const own = view(parts, thisNode(parts), parts.self)
  const others = parts.members
    .filter((member) => member.nodeId !== parts.self.nodeId)
    .map((member) =>
      view(
        parts,
        member,
        parts.ports.find((port) => port.nodeId === member.nodeId)
      )
    )
  return [own, ...others.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))]
}

type Parts = Parameters<typeof nodeViews>[0]

function view(parts: Parts, member: KnownMember, port: WorkerPort | undefined): NodeView {
  const status = port?.status()
  const running = parts.live.ofWorker(member.nodeId)
  return {
    nodeId: member.nodeId,
    name: member.name,
    isSelf: member.nodeId === parts.self.nodeId,
    ...stateOf(member, status),
    slots: status?.slots ?? 0,
    busy: status?.busy ?? 0,
    class: status?.hardware.class ?? 'desktop',
    profiles: status?.profiles ?? [],
    load: status?.load,
    hardware: status?.hardware,
    tools: status?.tools,
    address: member.address,
    running: running.map(runningView),
    recentFailures: parts.health.recentFailures(member.nodeId),
    lastError: parts.health.lastError(member.nodeId),
    lastSeenAtMs: member.lastSeenAtMs
  }
}

function stateOf(member: KnownMember, status: WorkerStatus | undefined): Pick<NodeView, 'state' | 'reason'> {
  if (!member.compatible)
    return { state: 'incompatible', reason: 'It runs a version that this one does not understand. Update both.' }
  if (!member.online) return { state: 'offline', reason: 'It can’t be reached. It may be switched off or asleep.' }
  if (!status) return { state: 'offline', reason: 'It is connected and has not yet said what it can do.' }
  return { state: status.state, reason: status.reason }
}

function runningView(live: LiveTask): NodeView['running'][number] {
  return { jobId: live.jobId, name: live.lent.name, progress: live.progress.progress }
}

function thisNode({ self, selfName }: Parts): KnownMember {
  return {
    nodeId: self.nodeId,
    name: selfName,
    address: undefined,
    online: true,
    compatible: true,
    lastSeenAtMs: undefined
  }
}
