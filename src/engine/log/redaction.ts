import { MicrotomeError } from '../../shared/errors.ts'

/** Fields whose text is an id or a code; text under any other name is withheld above debug. */
export const codeFields = [
  'part',
  'jobId',
  'taskId',
  'submissionId',
  'uploadId',
  'nodeId',
  'code',
  'class',
  'kind',
  'profile',
  'state',
  'signal',
  'version',
  'setting',
  'tool',
  'service'
] as const

const isCodeField = new Set<string>(codeFields)
const codeText = /^[\w.:+@-]{1,120}$/
/** From where a path begins to its closing quote, else to the end: a file's name may hold blanks. */
const quotedPath = /(["'`])(?:[a-z]:[\\/]|\\\\|~?\/)[^"'`]*\1/gi
const barePath = /(?<=^|[\s(=:,[])(?:[a-z]:[\\/]|\\\\|~?\/)\S[\s\S]*$/i
const mediaName = /\.(?:svs|tiff?|ndpi|scn|mrxs|bif|dcm|vms|jpe?g|png|webp|mp4|mov|avi|mkv|webm|szi|dzi)\b/i

export interface Redacted {
  kept: Record<string, unknown>
  /** Something was left out, so a line at debug with all of it is worth writing. */
  withheld: boolean
}

/** What may be told at any level: numbers, flags, ids and codes; of an error its code, class and place in the program. */
export function redactFields(fields: Record<string, unknown>): Redacted {
  const kept: Record<string, unknown> = {}
  let withheld = false
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    if (name === 'error') kept.error = errorCodes(value)
    else if (isTellable(name, value)) kept[name] = value
    if (name === 'error' || !(name in kept)) withheld = true
  }
  return { kept, withheld }
}

function isTellable(name: string, value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true
  return typeof value === 'string' && isCodeField.has(name) && codeText.test(value)
}

/** Messages are constants; this catches the path or file name that slipped into one. */
export function redactMessage(message: string): string {
  const withoutPaths = message.replace(quotedPath, '[path]').replace(barePath, '[path]')
  return mediaName.test(withoutPaths) ? '[a message that names a file]' : withoutPaths
}

function errorCodes(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { code: 'unknown' }
  const codes = { code: systemCode(thrown) ?? thrown.name, cause: systemCode(thrown.cause) }
  if (thrown instanceof MicrotomeError) return { ...codes, class: thrown.class }
  return { ...codes, class: 'bug', at: programFrames(thrown) }
}

function systemCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' && codeText.test(code) ? code : undefined
}

/** The stack without its first lines, which repeat the message. */
function programFrames(error: Error): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at .*[:(]/.test(line))
  return frames.slice(0, 8).map((line) => line.trim())
}

/** All of an error, for debug. */
export function fullFields(fields: Record<string, unknown>): Record<string, unknown> {
  const { error } = fields
  return error instanceof Error ? { ...fields, error: { message: error.message, stack: error.stack } } : fields
}
