import type { NodeView } from '../../shared/domain/nodes.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { Fleet } from '../fleet/index.ts'
import { type Lab, nodeViews } from '../local/index.ts'
import { type LiveTasks, type Rates, type WorkerHealth, type WorkerPort, workName } from '../scheduler/index.ts'

/** What the lab's door is made of. */
export interface LabParts {
  fleet: Fleet
  self: WorkerPort
  /** This node's name as it is set now. */
  selfName: () => string
  ports: () => WorkerPort[]
  live: LiveTasks
  health: WorkerHealth
  rates: Rates
}

/** The lab as the local door sees it: the fleet's members, their workers, and what this master knows of both. */
export function labOf(parts: LabParts): Lab {
  const views = () => labViews(parts)
  return {
    views,
    nearby: () => parts.fleet.nearby(),
    find: (node) => findNode(views(), node),
    port: (nodeId) => parts.ports().find((port) => port.nodeId === nodeId),
    remove: (nodeId) => parts.fleet.remove(nodeId),
    openPairing: () => parts.fleet.openPairing(),
    join: (address, code) => parts.fleet.joinPeer(address, code),
    bytesPerSecond: (profile, copied) => labRate(parts, profile, copied)
  }
}

function labViews(parts: LabParts): NodeView[] {
  const members = parts.fleet.members().map((member) => ({
    nodeId: member.nodeId,
    name: member.name,
    address: member.address,
    online: member.link !== undefined,
    compatible: member.link?.compatible ?? true,
    lastSeenAtMs: member.lastSeenAtMs
  }))
  return nodeViews({ ...parts, selfName: parts.selfName(), members, ports: parts.ports() })
}

function findNode(nodes: NodeView[], wanted: string): string {
  const exact = nodes.filter((node) => node.nodeId === wanted || node.name === wanted)
  const matches =
    exact.length > 0 ? exact : nodes.filter((node) => wanted.length >= 4 && node.nodeId.startsWith(wanted))
  if (matches.length === 1 && matches[0]) return matches[0].nodeId
  throw new MicrotomeError({
    code: matches.length > 1 ? 'ambiguous-node' : 'unknown-node',
    class: 'input',
    message:
      matches.length > 1
        ? `"${wanted}" names ${matches.length} computers.`
        : `There is no computer "${wanted}" in the lab.`,
    hint: `Use the id of one of ${nodes.map((node) => node.name).join(', ')}.`
  })
}

function labRate({ ports, rates }: LabParts, profile: ProfileName, copied: boolean): number | undefined {
  let total = 0
  for (const port of ports()) {
    const status = port.status()
    const rate = rates.of(port.nodeId).runBytesPerS[workName({ profile, copied })]
    const works =
      status && status.state !== 'paused' && status.state !== 'unavailable' && status.profiles.includes(profile)
    if (works && rate) total += rate * status.slots
  }
  return total > 0 ? total : undefined
}
