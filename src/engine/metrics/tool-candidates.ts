import { createRequire } from 'node:module'
import path from 'node:path'

export type ToolName = 'ffmpeg' | 'ffprobe'

/** A place where a tool may be; `named` tells who said so, where somebody did. */
export interface Candidate {
  path: string
  named?: string
}

export interface ToolPlaces {
  platform: NodeJS.Platform
  environment: Record<string, string | undefined>
  /** The setting `ffmpegPath` or `ffprobePath`. */
  setting?: string | undefined
  /** What the package ffmpeg-static names; it has no ffprobe. */
  packaged?: string | undefined
  /** The ffmpeg that was found: its ffprobe mostly lies beside it. */
  beside?: string | undefined
}

/** Where to look for a tool, best first: setting, `FFMPEG_BIN` or `FFPROBE_BIN`, ffmpeg-static, beside ffmpeg, PATH. */
export function toolCandidates(tool: ToolName, places: ToolPlaces): Candidate[] {
  const { platform, environment, setting, packaged, beside } = places
  const rules = platform === 'win32' ? path.win32 : path.posix
  const fileName = platform === 'win32' ? `${tool}.exe` : tool
  const variable = `${tool.toUpperCase()}_BIN`
  const folders = (environment.PATH ?? environment.Path ?? '').split(rules.delimiter).filter((folder) => folder !== '')
  const all: (Candidate | undefined)[] = [
    candidate(setting, `the setting ${tool}Path`),
    candidate(environment[variable], variable),
    candidate(packaged),
    candidate(beside && rules.join(rules.dirname(beside), fileName)),
    ...folders.map((folder) => candidate(rules.join(folder, fileName)))
  ]
  return withoutRepeats(all.filter((found) => found !== undefined))
}

function candidate(file: string | undefined, named?: string): Candidate | undefined {
  if (file === undefined || file.trim() === '') return undefined
  return named === undefined ? { path: file.trim() } : { path: file.trim(), named }
}

function withoutRepeats(candidates: Candidate[]): Candidate[] {
  return candidates.filter((one, index) => candidates.findIndex((other) => other.path === one.path) === index)
}

/** The path that the optional package ffmpeg-static names; it may not exist, because its install step downloads it. */
export function ffmpegStaticPath(): string | undefined {
  try {
    const named: unknown = createRequire(import.meta.url)('ffmpeg-static')
    return typeof named === 'string' ? named : undefined
  } catch {
    // The package is optional: npm leaves it out where its install step fails.
    return undefined
  }
}
