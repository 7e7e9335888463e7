import { copyFile, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Converted } from '../../shared/converter-protocol.ts'
import type { Output } from '../converter.ts'
import { verifyFailed, writeFailureOf } from '../failures.ts'
import { describeFiles, listResult, type ResultFile } from './result-files.ts'
import { StoredZip } from './stored-zip.ts'
import { withZip } from './zip-directory.ts'

/** Up to here an entry is read into memory at once. */
const smallBytes = 4 << 20

/**
 * Brings a verified result from `resultDir` to where the engine wants it: nothing to do for a folder (it is the folder);
 * for a blob the single file itself, or all files in one stored zip, whose directory is read again and compared.
 */
export async function deliver(
  output: Output,
  resultDir: string,
  signal: AbortSignal,
  progress: (fraction: number) => void
): Promise<Pick<Converted, 'packed' | 'files' | 'totalBytes'>> {
  const files = await listResult(resultDir)
  const told = describeFiles(files)
  if (output.type === 'folder') return told
  const [only, ...others] = files
  const packed = others.length > 0
  try {
    if (packed) await pack(files, resultDir, output.path, signal, progress)
    else if (only) await moveFile(join(resultDir, only.path), output.path)
  } catch (error) {
    await rm(output.path, { force: true })
    throw writeFailureOf(error) ?? error
  }
  return { ...told, packed }
}

async function pack(
  files: ResultFile[],
  dir: string,
  path: string,
  signal: AbortSignal,
  progress: (fraction: number) => void
): Promise<void> {
  const zip = await StoredZip.create(path)
  try {
    for (const [done, file] of files.entries()) {
      signal.throwIfAborted()
      const from = join(dir, file.path)
      if (file.sizeBytes > smallBytes) await zip.addFile(file.path, from, file.sizeBytes)
      else await zip.addBuffer(file.path, await readFile(from))
      progress(done / files.length)
    }
    await zip.finish()
  } catch (error) {
    await zip.abandon()
    throw error
  }
  await checkPacked(path, files)
}

async function checkPacked(path: string, files: ResultFile[]): Promise<void> {
  await withZip(path, async (entries) => {
    let index = 0
    for await (const { name, sizeBytes, stored } of entries) {
      const file = files[index++]
      if (name !== file?.path || sizeBytes !== file.sizeBytes || !stored)
        throw verifyFailed(`Entry ${index} of the packed result is not what was written.`, 'Retry.')
    }
    if (index !== files.length)
      throw verifyFailed(`The packed result has ${index} entries instead of ${files.length}.`, 'Retry.')
  })
}

async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    await copyFile(from, to)
    await rm(from)
  }
  const file = await open(to, 'r+')
  await file.sync()
  await file.close()
}
