import { dirname, extname, join } from 'node:path'
import { z } from 'zod'
import type { Check } from '../../../shared/contract/local.ts'
import { parseJson } from '../parse-json.ts'
import type { DoctorOptions } from './doctor-options.ts'

/** What src/converters/libraries.ts prints. */
const librariesAnswer = z.object({
  openslide: z.object({ version: z.string(), path: z.string() }).optional(),
  openslideHint: z.string(),
  jpeg: z.string()
})
type Answer = z.infer<typeof librariesAnswer>

const timeoutMs = 30_000

/** The native libraries of slides, loaded in a process of its own: the engine never loads them, a broken one ends a process. */
export async function libraryChecks({ run, node, childEntry, settings }: DoctorOptions): Promise<Check[]> {
  const { openslidePath } = settings
  const program = join(dirname(childEntry), `libraries${extname(childEntry)}`)
  const args = [program, ...(openslidePath ? [openslidePath] : [])]
  const { stdout, stderr } = await run(node.path, args, { timeoutMs })
  const answer = parseJson(stdout, librariesAnswer)
  if (answer) return [openSlideCheck(answer, openslidePath), turboJpegCheck(answer)]
  const detail = stderr.split('\n').find((line) => /error/i.test(line)) ?? 'it gave no answer'
  return [{ name: 'Libraries of slides', status: 'failed', detail: detail.trim(), hint: 'Install again with npm ci.' }]
}

function openSlideCheck({ openslide, openslideHint }: Answer, setting: string | undefined): Check {
  const name = 'OpenSlide'
  const refused =
    setting && openslide?.path !== setting ? `The setting openslidePath names ${setting}, which did not load.` : ''
  if (!openslide) {
    const detail = 'not found; NDPI, MRXS, SCN, VMS, Zeiss and Sakura slides can not be read'
    return { name, status: 'warning', detail, hint: [refused, openslideHint].filter((words) => words !== '').join(' ') }
  }
  const detail = `${openslide.version}, ${openslide.path}`
  return refused ? { name, status: 'warning', detail, hint: refused } : { name, status: 'ok', detail }
}

function turboJpegCheck({ jpeg }: Answer): Check {
  if (jpeg.startsWith('libjpeg-turbo')) return { name: 'TurboJPEG', status: 'ok', detail: jpeg }
  const hint = 'Install it with npm ci (Linux brings it), "apt install libturbojpeg0" or "brew install jpeg-turbo".'
  return { name: 'TurboJPEG', status: 'warning', detail: jpeg, hint }
}
