import { basename } from 'node:path'

/** Names that Windows takes for devices, whatever their ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** The last part of a name without what file systems refuse; `prefix` stands before a name that can't stand alone. */
export function safeName(name: string, prefix: string): string {
  const last = basename(name.replaceAll('\\', '/'))
  const cleaned = Array.from(last, (char) => (char.charCodeAt(0) < 32 || '<>:"|?*'.includes(char) ? '_' : char)).join(
    ''
  )
  const short = shorten(cleaned.replace(/^\.+/, '').replace(/[. ]+$/, ''))
  return short === '' || device.test(short) ? `${prefix}-${short || 'file'}` : short
}

function shorten(name: string): string {
  let short = name
  while (Buffer.byteLength(short) > 200) short = Array.from(short).slice(1).join('')
  return short
}
