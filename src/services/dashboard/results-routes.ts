import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DeepZoomGeometry, ResultFiles, ServiceApi } from '../../engine/service-api.ts'
import { mediaTypeOf } from '../../shared/domain/media-types.ts'
import { fileInPyramid, sidecarOfPyramid } from './folder-pyramid.ts'
import { SziReader } from './szi-reader.ts'

const tilePath = /^slide_files\/\d{1,3}\/\d{1,6}_\d{1,6}\.\w{1,5}$/

type Params = { Params: { jobId: string; '*': string } }

/**
 * What the viewer looks at, under `/results/<job id>/`:
 *
 *   slide.dzi                            descriptor of a pyramid, folder or archive alike
 *   slide_files/<level>/<col>_<row>.jpeg its tiles; Deep Zoom counts levels from one pixel up
 *   iiif/info.json, iiif/<region>/...    a IIIF Image 3 folder
 *   zoomify/ImageProperties.xml, zoomify/TileGroup<n>/... a Zoomify folder
 *   sidecar.json                         what the converter says of it
 *   file                                 an image or a video, with `Range`
 *
 * While a job runs whose `viewable` is `now`, slide.dzi, the tiles and the sidecar have the same addresses: the descriptor is
 * complete from the start and carries `Microtome-Growing: yes`, the sidecar says the scale and no more, a tile that is not there yet is answered 404 at once and nothing is to be cached.
 * Ask for it again when the job's progress has moved; when the job is completed, all are there.
 */
export function addResultRoutes(server: FastifyInstance, api: ServiceApi): void {
  const archives = new SziReader()

  server.get<Params>('/results/:jobId/*', async (request, reply) => {
    const result = await api.result(request.params.jobId)
    if (!result) return reply.code(404).header('Cache-Control', 'no-store').send({ error: 'This job has no result.' })
    const name = request.params['*']
    if (result.growing) return sendGrowing(reply, result, result.growing, name)
    if (name === 'sidecar.json') return sendFile(request, reply, sidecarOf(result))
    if (name === 'file') return sendFile(request, reply, result.output)
    const ofFolder = fileInPyramid(result.output, name)
    if (ofFolder !== undefined) return sendFile(request, reply, ofFolder)
    if (name !== 'slide.dzi' && !tilePath.test(name)) return reply.code(404).send({ error: 'No such file.' })
    return result.container === 'szi'
      ? sendFromArchive(archives, reply, result.output, name)
      : sendTile(request, reply, result, name)
  })
}

function sidecarOf(result: ResultFiles): string {
  return sidecarOfPyramid(result.output) ?? join(dirname(result.output), `${stem(result.output)}.json`)
}

function sendTile(request: FastifyRequest, reply: FastifyReply, result: ResultFiles, name: string) {
  if (name === 'slide.dzi') return sendFile(request, reply, result.output)
  return sendFile(request, reply, tileFile(result, name))
}

function tileFile({ output }: ResultFiles, name: string): string {
  return join(dirname(output), `${stem(output)}_files`, name.slice('slide_files/'.length))
}

async function sendGrowing(
  reply: FastifyReply,
  result: ResultFiles,
  growing: NonNullable<ResultFiles['growing']>,
  name: string
) {
  reply.header('Cache-Control', 'no-store').header('Microtome-Growing', 'yes')
  if (name === 'slide.dzi') return reply.header('Content-Type', 'application/xml').send(descriptorOf(growing))
  if (name === 'sidecar.json') return reply.send({ mpp: growing.mpp, magnification: growing.magnification })
  const tile = tilePath.test(name) ? await wholeJpeg(tileFile(result, name)) : undefined
  if (!tile) return reply.code(404).send({ error: 'It is not there yet.' })
  return reply.header('Content-Type', 'image/jpeg').send(tile)
}

/** As Deep Zoom's schema has it, http://schemas.microsoft.com/deepzoom/2008. */
function descriptorOf({ widthPx, heightPx, tileSizePx, overlapPx }: DeepZoomGeometry): string {
  const image = `xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpeg" Overlap="${overlapPx}" TileSize="${tileSizePx}"`
  const size = `<Size Width="${widthPx}" Height="${heightPx}"/>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Image ${image}>${size}</Image>\n`
}

/** A tile that the converter may be writing at this moment: undefined unless it ends as a JPEG does. */
async function wholeJpeg(path: string): Promise<Buffer | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes && bytes.length > 4 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9 ? bytes : undefined
}

async function sendFromArchive(archives: SziReader, reply: FastifyReply, path: string, name: string) {
  const found = await archives.read(path, name)
  if (!found) return reply.code(404).send({ error: 'No such file.' })
  return reply.header('Content-Type', mediaTypeOf(name)).header('Cache-Control', 'private, no-cache').send(found)
}

/** One file with `Range`, as players need it. */
async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string) {
  const size = await sizeOf(path)
  if (size === undefined) return reply.code(404).send({ error: 'The file is no longer there.' })
  reply.header('Content-Type', mediaTypeOf(path))
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
