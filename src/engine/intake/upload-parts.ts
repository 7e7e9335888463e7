import { type FileHandle, open } from 'node:fs/promises'
import { MicrotomeError } from '../../shared/errors.ts'
import { entryNameFault } from '../transfer/index.ts'

/**
 * Checks what a browser says of a slide's files: names that stay inside the upload's folder and can lie beside each other, sizes that
 * make up the whole. Throws `bad-upload`, class `input`, without a name.
 */
export function checkParts(
  name: string,
  sizeBytes: number,
  files: readonly { path: string; sizeBytes: number }[]
): void {
  const fault = faultOf(name, sizeBytes, files)
  if (fault === undefined) return
  throw new MicrotomeError({
    code: 'bad-upload',
    class: 'input',
    message: `This slide of ${files.length} files can't be taken from a browser: ${fault}.`,
    hint: 'Choose it from a folder of this computer instead.'
  })
}

function faultOf(name: string, sizeBytes: number, files: readonly { path: string; sizeBytes: number }[]) {
  const names = files.map(({ path }) => path)
  const fault = [name, ...names].map(entryNameFault).find((one) => one !== undefined)
  if (fault !== undefined) return `a name ${fault}`
  if (name === 'about.json' || names.includes('about.json')) return 'a name is taken'
  if (new Set(names.map((path) => path.normalize('NFC').toLowerCase())).size < names.length)
    return 'a name occurs twice'
  const folders = new Set(
    names.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i, all) => all.slice(0, i + 1).join('/'))
    )
  )
  if (names.some((path) => folders.has(path))) return 'a name is both a file and a folder'
  if (!names.includes(name) && !names.every((path) => path.startsWith(`${name}/`)))
    return 'its main file is not among them'
  const sum = files.reduce((total, file) => total + file.sizeBytes, 0)
  return sum === sizeBytes ? undefined : `they have ${sum} bytes together, not ${sizeBytes}`
}

/** Appends a stream to files that follow each other, each until it is full; one is open at a time. */
export class PartWriter {
  readonly #files: { path: string; left: number }[]
  #open: FileHandle | undefined

  constructor(files: readonly { path: string; left: number }[]) {
    this.#files = files.map((file) => ({ ...file }))
  }

  /** False, and nothing written, where the chunk is more than all files together lack. Throws `disk-full`, class `input`. */
  async write(chunk: Buffer): Promise<boolean> {
    if (chunk.length > this.#files.reduce((sum, { left }) => sum + left, 0)) return false
    for (let rest = chunk; rest.length > 0; ) rest = await this.#writeToFirst(rest)
    return true
  }

  async close(): Promise<void> {
    await this.#open?.close()
    this.#open = undefined
  }

  async #writeToFirst(chunk: Buffer): Promise<Buffer> {
    const [file] = this.#files
    if (!file) return Buffer.alloc(0)
    this.#open ??= await open(file.path, 'a')
    const part = chunk.subarray(0, file.left)
    await this.#open.writeFile(part).catch(writeFailed)
    file.left -= part.length
    if (file.left === 0) {
      this.#files.shift()
      await this.close()
    }
    return chunk.subarray(part.length)
  }
}

function writeFailed(thrown: unknown): never {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull('The disk of this computer became full.', thrown)
  throw thrown
}

/** There is no room for what is being uploaded. */
export function diskFull(message: string, cause?: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'disk-full',
      class: 'input',
      message,
      hint: 'Free some space, or submit the files from a folder of this computer instead.'
    },
    { cause }
  )
}
