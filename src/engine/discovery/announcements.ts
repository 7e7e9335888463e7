import { z } from 'zod'

/** What our instances offer, as mDNS names it. */
export const SERVICE = '_microtome._tcp.local'

const MAX_RECORDS = 256
const record = z.discriminatedUnion('type', [
  z.object({ type: z.literal('PTR'), name: z.string(), ttl: z.number(), data: z.string().max(255) }),
  z.object({
    type: z.literal('SRV'),
    name: z.string(),
    ttl: z.number(),
    data: z.object({ port: z.number().int().min(1).max(65535) })
  })
])
type Records = z.infer<typeof record>[]
const packet = z.object({ answers: z.array(z.unknown()), additionals: z.array(z.unknown()).default([]) })

/** One instance, as a packet tells of it; `gone` when it says goodbye. */
export type Announcement = { instance: string; port: number } | { instance: string; gone: true }

/**
 * The instances of ours that a decoded mDNS response tells of. Everything else in it is passed over; addresses too,
 * since a packet's sender can't be made up as easily as its text.
 */
export function announcementsOf(response: unknown): Announcement[] {
  const parsed = packet.safeParse(response)
  if (!parsed.success) return []
  const records = [...parsed.data.answers, ...parsed.data.additionals].slice(0, MAX_RECORDS).flatMap(parseRecord)
  return records.flatMap((pointer) => announcementOf(pointer, records))
}

function parseRecord(value: unknown): Records {
  const parsed = record.safeParse(value)
  return parsed.success ? [parsed.data] : []
}

function announcementOf(pointer: Records[number], records: Records): Announcement[] {
  if (pointer.type !== 'PTR' || pointer.name.toLowerCase() !== SERVICE) return []
  const instance = instanceOf(pointer.data)
  if (instance === undefined) return []
  if (pointer.ttl === 0) return [{ instance, gone: true }]
  const service = records.find((entry) => entry.type === 'SRV' && entry.ttl > 0 && entry.name === pointer.data)
  return service?.type === 'SRV' ? [{ instance, port: service.data.port }] : []
}

/** Our instances are named at random, in small letters and digits; other names are not shown to anybody. */
function instanceOf(fullName: string): string | undefined {
  const suffix = `.${SERVICE}`
  if (!fullName.toLowerCase().endsWith(suffix)) return undefined
  const name = fullName.slice(0, -suffix.length)
  return /^[a-z0-9]{8,32}$/.test(name) ? name : undefined
}
