import type { SlideContent } from '../../content.ts'
import { openSlideLibrary } from './library.ts'
import { readWith } from './read-with.ts'

/**
 * A slide that OpenSlide reads, with the files that belong to it; undefined if it is none. `libraryPath` (the setting
 * `openslidePath`) is tried before the usual names. Throws `tool-missing` for a format that needs an OpenSlide which isn't
 * here, `missing-part`, `damaged` where OpenSlide refuses, or `too-large`.
 */
export async function readOpenSlide(
  source: { path: string; sizeBytes: number },
  libraryPath: string | undefined
): Promise<SlideContent | undefined> {
  return readWith(() => openSlideLibrary(libraryPath), source.path)
}

/** The OpenSlide that {@link readOpenSlide} uses, and where it was found; undefined if there is none. */
export function openslideVersion(libraryPath?: string): { version: string; path: string } | undefined {
  const library = openSlideLibrary(libraryPath)
  return library && { version: library.version, path: library.path }
}
