import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { profiles, type SlideOptions } from '../../shared/domain/profiles.ts'
import type { ConvertContext, Converter, Produced, Task } from '../converter.ts'
import { writeFailureOf } from '../failures.ts'
import type { SlideContent } from './content.ts'
import { openMain, readerName } from './readers/libvips/libvips-reader.ts'
import type { Sidecar } from './sidecar.ts'
import { slideThumbnail } from './thumbnail.ts'
import { deepZoom, type Geometry } from './writers/dzi/geometry.ts'
import { checkAllTiles, checkSampleTiles } from './writers/dzi/verify-tiles.ts'
import { writeTiles } from './writers/dzi/write-tiles.ts'
import { verifySzi, writeSzi } from './writers/szi/write-szi.ts'

type SlideTask = Task<SlideContent>

/** Slides (and plain images, on request) to Deep Zoom pyramids, as a folder (`dzi`) or one file (`szi`). */
export const slideConverter: Converter<SlideContent> = {
  verifyShare: 0.04,
  describe: ({ format, main, properties: { mpp, magnification } }) => ({
    kind: 'slide',
    format,
    widthPx: main.widthPx,
    heightPx: main.heightPx,
    ...(mpp !== undefined && { mpp }),
    ...(magnification !== undefined && { magnification })
  }),
  thumbnail: slideThumbnail,
  plan: (source, content, profile) => [{ source, content, profile, part: 0, parts: 1 }],
  convert,
  join: async ([only]) => {
    if (!only) throw new Error('a plan without tasks')
    return only
  },
  verify
}

const isSzi = ({ profile }: SlideTask) => profile.name === 'szi'
const optionsOf = ({ profile }: SlideTask): SlideOptions => profiles.dzi.options.parse(profile.options)
const sziTilesDir = ({ scratchDir }: ConvertContext) => join(scratchDir, 'tiles')
const sziTilesName = 'slide'

function geometryOf(task: SlideTask): Geometry {
  const { tileSizePx, overlapPx } = optionsOf(task)
  const { widthPx, heightPx } = task.content.main
  return deepZoom(widthPx, heightPx, tileSizePx, overlapPx)
}

async function convert(task: SlideTask, context: ConvertContext): Promise<Produced> {
  const geometry = geometryOf(task)
  const report = describeResult(task, geometry)
  try {
    if (isSzi(task)) await convertToSzi(task, geometry, report, context)
    else await tileInto(context.resultDir, 'result', task, geometry, context, 1)
    await writeFile(join(context.resultDir, 'result.json'), `${JSON.stringify(report, undefined, 2)}\n`)
  } catch (error) {
    throw writeFailureOf(error) ?? error
  }
  return { primary: isSzi(task) ? 'result.szi' : 'result.dzi', report }
}

/** libvips' own zip has no sizes in front of the tiles, so they become files first; what a killed run left goes. */
async function convertToSzi(task: SlideTask, geometry: Geometry, report: Sidecar, context: ConvertContext) {
  const dir = sziTilesDir(context)
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { recursive: true })
  await tileInto(dir, sziTilesName, task, geometry, context, 0.9)
  const tiles = join(dir, `${sziTilesName}_files`)
  const path = join(context.resultDir, 'result.szi')
  const packing = (fraction: number) => context.progress(0.9 + fraction * 0.1)
  await writeSzi(path, tiles, geometry, report, context.signal, packing)
  await rm(dir, { recursive: true, force: true })
}

async function tileInto(
  dir: string,
  name: string,
  { source, content, profile }: SlideTask,
  geometry: Geometry,
  { signal, progress, scratchDir }: ConvertContext,
  share: number
): Promise<void> {
  const { quality } = profiles.dzi.options.parse(profile.options)
  const total = (geometry.widthPx * geometry.heightPx) / 1e6
  await writeTiles({
    pixels: openMain(source, content),
    geometry,
    quality,
    dir,
    name,
    privatePaths: [source.path, scratchDir],
    signal,
    progress: (fraction, pixels) => progress(fraction * share, { work: { done: pixels / 1e6, total, unit: 'Mpx/s' } })
  })
}

function describeResult(task: SlideTask, geometry: Geometry): Sidecar {
  const { format, levels, properties } = task.content
  const { quality } = optionsOf(task)
  return {
    schema: 'microtome-slide/1',
    sourceFormat: format,
    reader: readerName,
    widthPx: geometry.widthPx,
    heightPx: geometry.heightPx,
    ...properties,
    sourceLevels: levels,
    levels: geometry.levels.length,
    tiles: geometry.tiles,
    tileFormat: 'jpeg',
    tileSizePx: geometry.tileSizePx,
    overlapPx: geometry.overlapPx,
    quality
  }
}

async function verify(task: SlideTask, _produced: Produced, context: ConvertContext): Promise<void> {
  const geometry = geometryOf(task)
  if (isSzi(task)) return verifySzi(join(context.resultDir, 'result.szi'), geometry, context.signal)
  const folder = join(context.resultDir, 'result_files')
  await checkAllTiles(folder, geometry, context.signal, (fraction) => context.progress(fraction))
  await checkSampleTiles(geometry, (path) => readFile(join(folder, path)))
}
