import type { ConvertContext, Produced } from '../converter.ts'
import { writeFailureOf } from '../failures.ts'
import { planColor } from './color/plan-color.ts'
import type { SlideTask } from './content.ts'
import { profileWithoutWords } from './deidentify/profile-without-words.ts'
import { optionsOf } from './options.ts'
import { jpegCodec } from './pixels/jpeg-codec.ts'
import { checkTiling } from './sinks/index.ts'
import { SlideConversion } from './slide-conversion.ts'

/**
 * Converts a slide to where `context.output` wants it; what a killed run left there is taken up. The result was checked
 * against its geometry and a sample of it against the source. Throws MicrotomeErrors.
 */
export async function convertSlide(task: SlideTask, context: ConvertContext): Promise<Produced> {
  const options = optionsOf(task)
  checkTiling(task.profile.name, options)
  const { scratchDir, signal, tools } = context
  const { icc, identifying } = task.content
  const profile = icc && options.deidentify ? profileWithoutWords(icc, identifying) : icc
  const told = profile === icc ? task : withRemoved(task, 'ICC profile texts')
  const color = await planColor(profile, options.color, tools.threads)
  try {
    const lossless = color.converter !== undefined || options.overlapPx > 0
    const tiles = { sizePx: options.tileSizePx, quality: options.quality, lossless }
    // A TIFF may be copied without any decoding.
    if (task.profile.name !== 'bigtiff') jpegCodec(tools.threads).warmUp?.()
    const source = await task.content.open({ threads: tools.threads, scratchDir, signal, tiles })
    try {
      return await new SlideConversion({ task: told, options, context, source, color }).run()
    } finally {
      await source.close()
    }
  } catch (error) {
    throw writeFailureOf(error) ?? error
  } finally {
    await color.converter?.close()
  }
}

/** The report lists the tag beside those that the reader found. */
function withRemoved(task: SlideTask, tag: string): SlideTask {
  const { content } = task
  return { ...task, content: { ...content, identifying: [...content.identifying, { tag, value: '' }] } }
}
