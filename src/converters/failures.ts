import { type ErrorClass, MicrotomeError } from '../shared/errors.ts'

const failure =
  (code: string, errorClass: ErrorClass) =>
  (message: string, hint: string, cause?: unknown): MicrotomeError =>
    new MicrotomeError({ code, class: errorClass, message, hint }, { cause })

/** Beyond a limit; the message carries both numbers. */
export const tooLarge = failure('too-large', 'input')
/** The content is of no kind that we convert. */
export const notRecognised = failure('not-recognised', 'input')
/** The content is of a known kind and broken. */
export const damaged = failure('damaged', 'input')
/** Sound, or nothing, where pictures were expected. */
export const noVideoStream = failure('no-video-stream', 'input')
/** A known container whose pixels no decoder here understands. */
export const unsupportedCompression = failure('unsupported-compression', 'input')
/** A slide of several files lacks some of them. */
export const missingPart = failure('missing-part', 'input')
/** The source can't be opened. */
export const sourceUnreadable = failure('source-unreadable', 'input')
/** The content's kind does not fit the profile. */
export const wrongKind = failure('wrong-kind', 'input')
/** An option that passed the profile's schema and does not fit its encoder. */
export const badOption = failure('bad-option', 'input')
/** A program that the converter needs is not there. */
export const toolMissing = failure('tool-missing', 'node')
/** A program that the converter runs ended badly. */
export const toolFailed = failure('tool-failed', 'node')
/** No room for the result. */
export const diskFull = failure('disk-full', 'node')
/** Scratch or output can't be written. */
export const notWritable = failure('not-writable', 'node')
/** The result is not what it should be. */
export const verifyFailed = failure('verify-failed', 'node')

/** Nothing in the file at all. */
export function emptyFile(): MicrotomeError {
  return new MicrotomeError({
    code: 'empty-file',
    class: 'input',
    message: 'The file is empty (0 bytes).',
    hint: 'Copy it again from where it was made.'
  })
}

/** What a cancelled request answers. */
export function cancelled(): MicrotomeError {
  return new MicrotomeError({ code: 'cancelled', class: 'transport', message: 'The task was cancelled.' })
}

/** Why what runs is broken off when the engine is gone: its next start may go on with what is left. */
export function engineGone(): MicrotomeError {
  return new MicrotomeError({
    code: 'engine-gone',
    class: 'node',
    message: 'The engine that ordered the task is gone.'
  })
}

/** True where a request was broken off by {@link engineGone}. */
export const isEngineGone = ({ aborted, reason }: AbortSignal) =>
  aborted && reason instanceof MicrotomeError && reason.code === 'engine-gone'

/** The end of a conversion that made no step for 10 minutes. */
export function stalled(): MicrotomeError {
  return toolFailed('The conversion made no progress for 10 minutes and was ended.', 'Retry on another computer.')
}

/** What a library said, without the paths that it likes to put in and in one line. */
export function reasonOf(thrown: unknown, paths: string[] = []): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const bare = paths.filter((path) => path !== '').reduce((left, path) => left.replaceAll(path, 'the file'), text)
  const line = bare.split('\n').find((part) => part.trim() !== '') ?? 'no reason given'
  // ffmpeg begins with the part of itself that speaks: `[mov,mp4 @ 0x55d0c8a3e440] `.
  return line
    .trim()
    .replace(/^\[[^\]]*\]\s*/, '')
    .replace(/\.$/, '')
    .slice(0, 300)
}

const writeFailures: Record<string, MicrotomeError | undefined> = {
  ENOSPC: diskFull('The disk is full: there is no room for the result.', 'Free some space, then retry.'),
  EDQUOT: diskFull('The disk quota is used up: there is no room for the result.', 'Free some space, then retry.'),
  EACCES: notWritable('The result may not be written (EACCES).', 'Check the permissions of the destination.'),
  EPERM: notWritable('The result may not be written (EPERM).', 'Check the permissions of the destination.'),
  EROFS: notWritable('The destination is read-only (EROFS).', 'Choose another destination.')
}

/** The machine's failure behind what a library threw (a full disk, a read-only folder), if it was one. */
export function writeFailureOf(thrown: unknown): MicrotomeError | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const known = writeFailures[code]
  if (known) return known
  const text = thrown instanceof Error ? thrown.message : ''
  if (/no space left on device|disk full|not enough space/i.test(text)) return writeFailures.ENOSPC
  if (/read-only file system/i.test(text)) return writeFailures.EROFS
  return undefined
}
