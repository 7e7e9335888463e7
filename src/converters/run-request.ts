import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Converted, Probed, ToChild } from '../shared/converter-protocol.ts'
import { kindOfProfile, type Profile, parseProfile } from '../shared/domain/profiles.ts'
import { withConverterFor, withConverterOf } from './choose-converter.ts'
import type { ConvertContext, Converter, ProbeContext, Produced, SourceFile } from './converter.ts'
import { isEngineGone, reasonOf, writeFailureOf } from './failures.ts'
import { deliver } from './output/deliver.ts'
import { clearResult } from './output/result-files.ts'
import { openSource, recognise } from './probe/recognise.ts'
import type { ProgressReporter } from './progress-reporter.ts'
import { forgetTask, isSameTask, noteTask } from './resume-note.ts'
import { makeSampleSlide } from './sample/sample-slide.ts'

type Request<Type extends ToChild['type']> = Extract<ToChild, { type: Type }>
/** A request that takes time and has one answer. */
export type WorkRequest = Exclude<ToChild, { type: 'cancel' }>

/** The answer to a request, without its id. */
export type Answer =
  | { type: 'converted'; result: Converted; rssBytes: number }
  | { type: 'probed'; result: Probed }
  | { type: 'sampled' }

/** Share of the whole time that packing takes where a result travels. */
const packShare = 0.05

/** Does what a request asks for; throws what it should answer as `failed`. */
export async function runRequest(
  request: WorkRequest,
  context: ProbeContext,
  reporter: ProgressReporter
): Promise<Answer> {
  sharp.concurrency(request.tools.threads)
  // No file stays open between requests, and memory stays flat.
  sharp.cache(false)
  switch (request.type) {
    case 'convert':
      return {
        type: 'converted',
        result: await convert(request, context, reporter),
        rssBytes: process.memoryUsage.rss()
      }
    case 'probe':
      return { type: 'probed', result: await probe(request, context) }
    case 'sample':
      await makeSampleSlide(request.path)
      return { type: 'sampled' }
  }
}

async function probe(request: Request<'probe'>, context: ProbeContext): Promise<Probed> {
  const source = await openSource(request.sourcePath)
  const content = await recognise(source, context)
  return withConverterOf(content, async (converter, found) => {
    const path = request.thumbnailPath
    const hasThumbnail = path !== undefined && (await converter.thumbnail(source, found, path, context))
    return { ...converter.describe(found), hasThumbnail }
  })
}

async function convert(
  request: Request<'convert'>,
  context: ProbeContext,
  reporter: ProgressReporter
): Promise<Converted> {
  const profile = parseProfile(request.profile.name, request.profile.options)
  try {
    const source = await openSource(request.sourcePath)
    const content = await recognise(source, context)
    const { resultDir, resume } = await prepareResult(request, profile, source)
    const produced = await withConverterFor(source, content, profile, (converter, found) =>
      produce(
        converter,
        source,
        found,
        { ...request, profile },
        { ...context, scratchDir: request.scratchDir, resultDir, output: request.output, resume },
        reporter
      )
    )
    const packing = reporter.span(1 - packShare, 1, 'verifying')
    const { delivered, ...told } = produced
    const where = delivered ?? (await deliver(request.output, resultDir, context.signal, packing))
    context.signal.throwIfAborted()
    return { ...where, ...told }
  } catch (error) {
    await discardUnlessTakenUp(request, context.signal).catch((left: unknown) =>
      context.log('warn', `The output was not cleared: ${reasonOf(left)}.`)
    )
    throw writeFailureOf(error) ?? error
  }
}

async function produce<Found>(
  converter: Converter<Found>,
  source: SourceFile,
  content: Found,
  { profile, output }: Pick<Request<'convert'>, 'profile' | 'output'>,
  context: Omit<ConvertContext, 'progress'>,
  reporter: ProgressReporter
): Promise<Produced> {
  const end = output.type === 'blob' ? 1 - packShare : 1
  const verifyFrom = end * (1 - converter.verifyShare)
  const tasks = converter.plan(source, content, profile)
  const pieces: Produced[] = []
  for (const task of tasks) {
    const progress = reporter.span(
      (task.part / task.parts) * verifyFrom,
      ((task.part + 1) / task.parts) * verifyFrom,
      'converting'
    )
    pieces.push(await converter.convert(task, { ...context, progress }))
  }
  const verifying = { ...context, progress: reporter.span(verifyFrom, end, 'verifying') }
  const produced = await converter.join(pieces, verifying)
  for (const task of tasks) await converter.verify(task, produced, verifying)
  return produced
}

/**
 * A folder is written straight into; what becomes a blob is put together in scratch. Both may hold what a killed run of
 * the very same task left: a slide goes on there, anything else starts anew.
 */
async function prepareResult({ output, scratchDir }: Request<'convert'>, profile: Profile, source: SourceFile) {
  const resultDir = output.type === 'folder' ? output.dir : join(scratchDir, 'result')
  await mkdir(resultDir, { recursive: true })
  const resume = kindOfProfile(profile.name) === 'slide' && (await isSameTask(scratchDir, profile, source))
  if (resume) return { resultDir, resume }
  await clearResult(resultDir)
  if (output.type === 'blob') await rm(output.path, { force: true })
  await noteTask(scratchDir, profile, source)
  return { resultDir, resume }
}

/**
 * Leaves nothing of an unfinished result where the engine looks for one; but of a slide whose engine is gone, as a kill would
 * leave it: the next start goes on with it.
 */
export async function discardUnlessTakenUp(
  { output, scratchDir, profile }: Pick<Request<'convert'>, 'output' | 'scratchDir' | 'profile'>,
  signal: AbortSignal
): Promise<void> {
  if (isEngineGone(signal) && kindOfProfile(profile.name) === 'slide') return
  if (output.type === 'folder') await clearResult(output.dir)
  else await rm(output.path, { force: true })
  await forgetTask(scratchDir)
}
