import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Check } from '../../../shared/contract/local.ts'
import { profiles } from '../../../shared/domain/profiles.ts'
import { profileEncoders, type Tools, type VideoProfile } from '../describe-tools.ts'
import { parseJson } from '../parse-json.ts'
import type { Run } from '../run.ts'

const neededMajor = 24

export function nodeCheck(version: string): Check {
  const major = Number(/^v?(\d+)/.exec(version)?.[1])
  if (major >= neededMajor) return { name: 'Node', status: 'ok', detail: version }
  const hint = `Start Microtome with npm start or bin/microtome.mjs, which bring Node ${neededMajor}.`
  return { name: 'Node', status: 'failed', detail: `${version}, Node ${neededMajor} is needed`, hint }
}

const sharpAnswer = z.object({ sharp: z.string(), vips: z.string(), format: z.literal('webp') })
const sharpScript = `
  const { default: sharp } = await import(process.argv[1])
  const made = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).webp().toBuffer()
  const { format } = await sharp(made).metadata()
  console.log(JSON.stringify({ sharp: sharp.versions.sharp, vips: sharp.versions.vips, format }))`

/** Makes a tiny picture in a process of its own: the engine never loads sharp, which can take a process down with it. */
export async function sharpCheck(run: Run, nodePath: string): Promise<Check> {
  const module = resolveSharp()
  const hint = 'Install again with npm ci; images and slides need it.'
  if (module === undefined) return { name: 'sharp', status: 'failed', detail: 'not installed', hint }
  const { stdout, stderr } = await run(nodePath, ['--input-type=module', '-e', sharpScript, module], {
    timeoutMs: 30_000
  })
  const answer = parseJson(stdout, sharpAnswer)
  if (answer) return { name: 'sharp', status: 'ok', detail: `${answer.sharp} with libvips ${answer.vips}` }
  const reason = stderr.split('\n').find((line) => /error/i.test(line)) ?? 'it gave no answer'
  return { name: 'sharp', status: 'failed', detail: reason.trim(), hint }
}

function resolveSharp(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve('sharp')).href
  } catch {
    // Not installed: the check says so.
    return undefined
  }
}

export function videoChecks(tools: Tools): Check[] {
  const { ffmpegPath, ffprobePath, ffmpegVersion, hint } = tools
  const found: Check[] = [
    toolCheck('ffmpeg', ffmpegPath && `${ffmpegVersion} at ${ffmpegPath}`, hint),
    toolCheck('ffprobe', ffprobePath, hint)
  ]
  if (ffmpegPath === undefined) return found
  return [...found, ...(Object.keys(profileEncoders) as VideoProfile[]).map((name) => encoderCheck(name, tools))]
}

/** A wrong setting beside a tool that was found elsewhere is worth a warning. */
function toolCheck(name: 'ffmpeg' | 'ffprobe', detail: string | undefined, hint = ''): Check {
  if (detail === undefined) return { name, status: 'warning', detail: 'not found, video is off', hint }
  const refused = hint.includes(`${name}Path names`) || hint.includes(`${name.toUpperCase()}_BIN names`)
  return refused ? { name, status: 'warning', detail, hint } : { name, status: 'ok', detail }
}

function encoderCheck(profile: VideoProfile, tools: Tools): Check {
  const name = `Video ${profiles[profile].title}`
  const working = profileEncoders[profile].filter((encoder) => tools.encoders.includes(encoder))
  if (working.length > 0) return { name, status: 'ok', detail: `${working.join(', ')} encoded` }
  const wanted = profileEncoders[profile].join(' or ')
  return { name, status: 'warning', detail: `no ${wanted}`, hint: `Use an ffmpeg that was built with ${wanted}.` }
}

const firstPlausibleMs = Date.UTC(2026, 0, 1)

/** Nothing between nodes depends on the clock, but dates in the list and the keeping of finished jobs do. */
export function clockCheck(wallMs: number): Check {
  const detail = new Date(wallMs).toISOString()
  if (wallMs >= firstPlausibleMs) return { name: 'Clock', status: 'ok', detail }
  return {
    name: 'Clock',
    status: 'warning',
    detail: `${detail} lies in the past`,
    hint: 'Set the clock of this computer.'
  }
}
