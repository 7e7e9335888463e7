import type { Hardware, NodeView, ToolVersions } from '../../shared/domain/nodes.ts'
import { type Kind, kindOfProfile, profileName } from '../../shared/domain/profiles.ts'
import { formatBytes } from '../format/quantity.ts'
import { ago, formatMemory } from './amounts.ts'
import { isReachable } from './node-state.ts'
import classes from './nodes.module.css'

/** Hardware, what it can convert, and the versions of its tools. */
export function NodeFacts({ node }: { node: NodeView }) {
  const facts = [
    ...(node.hardware === undefined ? [] : hardwareFacts(node.hardware)),
    ['Converts', convertible(node)],
    ...(node.tools === undefined ? [] : [['Software', software(node.tools)] as const]),
    ...(isReachable(node.state) || node.lastSeenAtMs === undefined
      ? []
      : [['Last seen', ago(node.lastSeenAtMs, Date.now())] as const])
  ] as const
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) => (
        <div key={label} className={classes.fact} data-long={label === 'Software' || undefined}>
          <dt>{label}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function hardwareFacts(hardware: Hardware): [string, string][] {
  const gpus = hardware.gpus.join(', ')
  return [
    ['Processor', `${hardware.cpuModel}, ${hardware.cpuThreads} threads`],
    ['Memory', `${formatMemory(hardware.memoryBytes)}, ${formatBytes(hardware.diskFreeBytes)} free on disk`],
    ...(gpus === '' ? [] : [['Graphics', gpus] satisfies [string, string]]),
    ['System', hardware.os],
    ...(hardware.battery.present ? [['Power', power(hardware.battery)] satisfies [string, string]] : [])
  ]
}

function power(battery: Hardware['battery']): string {
  const charge = battery.percent === undefined ? '' : ` at ${Math.round(battery.percent)}%`
  return battery.onMains ? `on mains, battery${charge}` : `on battery${charge}`
}

const kindWords: Record<Kind, string> = { slide: 'slides', image: 'images', video: 'videos' }

function convertible(node: NodeView): string {
  const known = node.profiles.flatMap((name) => profileName.safeParse(name).data ?? [])
  const kinds = [...new Set(known.map(kindOfProfile))]
  return kinds.length === 0 ? 'nothing yet' : kinds.map((kind) => kindWords[kind]).join(', ')
}

function software(tools: ToolVersions): string {
  const parts = [`Microtome ${tools.microtome}`, `Node ${tools.node}`]
  if (tools.sharp !== undefined) parts.push(`sharp ${tools.sharp}`)
  parts.push(tools.ffmpeg === undefined ? 'no FFmpeg' : `FFmpeg ${tools.ffmpeg}`)
  return parts.join(', ')
}
