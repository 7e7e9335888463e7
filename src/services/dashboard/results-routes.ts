import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ResultFiles, ServiceApi } from '../../engine/service-api.ts'
import { SziReader } from './szi-reader.ts'

const mediaTypes: Record<string, string> = {
  '.dzi': 'application/xml',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.json': 'application/json'
}
const tilePath = /^slide_files\/\d{1,3}\/\d{1,6}_\d{1,6}\.\w{1,5}$/

type Params = { Params: { jobId: string; '*': string } }

/** What the viewer looks at: tiles of a pyramid (folder or archive alike), sidecars, images and videos. */
export function addResultRoutes(server: FastifyInstance, api: ServiceApi): void {
  const archives = new SziReader()

  server.get<Params>('/results/:jobId/*', async (request, reply) => {
    const result = await api.result(request.params.jobId)
    if (!result) return reply.code(404).send({ error: 'This job has no result.' })
    const name = request.params['*']
    if (name === 'sidecar.json') return sendFile(request, reply, sidecarOf(result))
    if (name === 'file') return sendFile(request, reply, result.output)
    if (name !== 'slide.dzi' && !tilePath.test(name)) return reply.code(404).send({ error: 'No such file.' })
    return result.container === 'szi'
      ? sendFromArchive(archives, reply, result.output, name)
      : sendTile(request, reply, result, name)
  })
}

function sidecarOf(result: ResultFiles): string {
  return join(dirname(result.output), `${stem(result.output)}.json`)
}

function sendTile(request: FastifyRequest, reply: FastifyReply, result: ResultFiles, name: string) {
  if (name === 'slide.dzi') return sendFile(request, reply, result.output)
  const inFolder = name.slice('slide_files/'.length)
  return sendFile(request, reply, join(dirname(result.output), `${stem(result.output)}_files`, inFolder))
}

async function sendFromArchive(archives: SziReader, reply: FastifyReply, path: string, name: string) {
  const found = await archives.read(path, name)
  if (!found) return reply.code(404).send({ error: 'No such file.' })
  return reply
    .header('Content-Type', mediaTypes[extname(name)] ?? 'application/octet-stream')
    .header('Cache-Control', 'private, no-cache')
    .send(found)
}

/** One file with `Range`, as players need it. */
async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string) {
  const size = await sizeOf(path)
  if (size === undefined) return reply.code(404).send({ error: 'The file is no longer there.' })
  reply.header('Content-Type', mediaTypes[extname(path).toLowerCase()] ?? 'application/octet-stream')
  reply.header('Accept-Ranges', 'bytes').header('Cache-Control', 'private, no-cache')
  const range = parseRange(request.headers.range, size)
  if (range === 'unsatisfiable') return reply.code(416).header('Content-Range', `bytes */${size}`).send()
  if (!range) {
    reply.header('Content-Length', size)
    return reply.send(size < 1 << 20 ? await readFile(path) : createReadStream(path))
  }
  reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
  return reply.header('Content-Length', range.end - range.start + 1).send(createReadStream(path, range))
}

/** A single `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined where there is none or it is of another form. */
export function parseRange(
  header: string | undefined,
  size: number
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}

function stem(path: string): string {
  return basename(path, extname(path))
}
