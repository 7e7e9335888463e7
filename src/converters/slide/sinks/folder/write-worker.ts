import { performance } from 'node:perf_hooks'
import { parentPort } from 'node:worker_threads'
import { writeAtOnce } from './write-file.ts'
import type { WriteAnswer, WriteRequest } from './write-messages.ts'

const port = parentPort
if (!port) throw new Error('runs only as a thread')

port.on('message', (request: WriteRequest) => {
  const startedMs = performance.now()
  const error = writeAll(request)
  const answer: WriteAnswer = { bytes: request.bytes, tookMs: performance.now() - startedMs, ...(error && { error }) }
  port.postMessage(answer, [request.bytes])
})

function writeAll({ paths, sizes, bytes, makeFolders }: WriteRequest): WriteAnswer['error'] {
  let offset = 0
  try {
    for (const [i, path] of paths.entries()) {
      const sizeBytes = sizes[i] ?? 0
      writeAtOnce(path, new Uint8Array(bytes, offset, sizeBytes), makeFolders)
      offset += sizeBytes
    }
    return undefined
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
    return { message: thrown instanceof Error ? thrown.message : String(thrown), code }
  }
}
