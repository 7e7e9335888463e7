import { basename } from 'node:path'
import { MicrotomeError } from '../../../shared/errors.ts'

/** The code of a system error such as `ENOENT`; undefined for any other thrown value. */
export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

/** What an error of the file system says of the destination, of class `input`: no other node could do better. Others stay as they are. */
export function destinationError(dir: string, thrown: unknown): unknown {
  const code = systemCode(thrown)
  if (thrown instanceof MicrotomeError || code === undefined) return thrown
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(dir, { cause: thrown })
  const busy = code === 'EBUSY'
  return new MicrotomeError(
    {
      code: busy ? 'destination-busy' : 'destination-not-writable',
      class: 'input',
      message: busy ? `Files in ${dir} are in use by another program.` : `Can't write to ${dir} (${code}).`,
      hint: busy
        ? 'Close the program that has them open and try again.'
        : 'Check that the folder exists and that you may write to it, or choose another one.'
    },
    { cause: thrown }
  )
}

/** `room` in bytes, where it was asked before. */
export function diskFull(dir: string, details: { cause?: unknown; room?: { needBytes: number; freeBytes: number } }) {
  const { cause, room } = details
  const figures = room ? ` (about ${megabytes(room.needBytes)} needed, ${megabytes(room.freeBytes)} free)` : ''
  return new MicrotomeError(
    {
      code: 'disk-full',
      class: 'input',
      message: `The disk of ${dir} has no room for the result${figures}.`,
      hint: 'Free some space on that disk or choose another folder.'
    },
    { cause }
  )
}

/** A file that this commit may not touch lies where the result should go. */
export function nameTaken(path: string): MicrotomeError {
  return new MicrotomeError({
    code: 'destination-taken',
    class: 'input',
    message: `Another program made "${basename(path)}" while the result was being put in its place.`,
    hint: 'Try again: the result then gets another name.'
  })
}

export function wouldReplaceSource(path: string): MicrotomeError {
  return new MicrotomeError({
    code: 'would-replace-source',
    class: 'input',
    message: `The result would replace "${basename(path)}", which is a source.`,
    hint: 'Choose another folder, or "rename" for files that exist.'
  })
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
