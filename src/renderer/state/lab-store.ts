import { create } from 'zustand'
import type { LocalEvent, NodeStatus } from '../../shared/contract/local.ts'
import type { Job, Submission } from '../../shared/domain/jobs.ts'
import type { NearbyNode, NodeView } from '../../shared/domain/nodes.ts'

export interface LabState {
  connection: 'connecting' | 'live' | 'lost'
  /** The engine answers, but was restarted and no longer accepts this page. */
  refused: boolean
  /** The job list was read whole at least once. */
  loaded: boolean
  status: NodeStatus | undefined
  jobs: ReadonlyMap<string, Job>
  /** This computer first. */
  nodes: readonly NodeView[]
  nearby: readonly NearbyNode[]
  submissions: ReadonlyMap<string, Submission>
}

/** The lab as the engine last told it; data stay while the connection is lost. Written by lab-sync only. */
export const useLab = create<LabState>()(() => ({
  connection: 'connecting',
  refused: false,
  loaded: false,
  status: undefined,
  jobs: new Map(),
  nodes: [],
  nearby: [],
  submissions: new Map()
}))

/** What one event changes. */
export function afterEvent(state: LabState, event: LocalEvent): Partial<LabState> {
  switch (event.type) {
    case 'status':
      return { status: event.status }
    case 'jobs':
      return { jobs: withEach(state.jobs, event.jobs) }
    case 'jobs-removed':
      return { jobs: withoutEach(state.jobs, event.ids) }
    case 'nodes':
      return { nodes: selfFirst(event.nodes) }
    case 'nearby':
      return { nearby: event.nearby }
    case 'submission':
      return { submissions: withEach(state.submissions, [event.submission]) }
  }
}

/** This computer first, then by name. */
export function selfFirst(nodes: readonly NodeView[]): NodeView[] {
  return [...nodes].sort((a, b) => Number(b.isSelf) - Number(a.isSelf) || a.name.localeCompare(b.name))
}

function withEach<T extends { id: string }>(map: ReadonlyMap<string, T>, items: readonly T[]): Map<string, T> {
  const next = new Map(map)
  for (const item of items) next.set(item.id, item)
  return next
}

function withoutEach<T>(map: ReadonlyMap<string, T>, ids: readonly string[]): Map<string, T> {
  const next = new Map(map)
  for (const id of ids) next.delete(id)
  return next
}
