import type { Kind, ProfileName } from '../../shared/domain/profiles.ts'

/**
 * Bytes of source per second and task until a node's own are measured.
 * Slides: 527 megapixels by `vips dzsave` (97 MB in 8 to 15 s, 184 MB in 30 s). Images: a JPEG of 12
 * megapixels and 5 MB, sharp 0.35.5 with one thread. Videos: 1080p at 11 Mbit/s, ffmpeg 5.1 with two threads. All on the
 * two-core machine of the design, in November 2026.
 */
export const defaultRunBytesPerS: Record<ProfileName, number> = {
  dzi: 7e6,
  szi: 7e6,
  bigtiff: 7e6,
  iiif3: 7e6,
  zoomify: 7e6,
  webp: 30e6,
  jpeg: 60e6,
  png: 3e6,
  h264: 1e6,
  h265: 0.7e6,
  vp9: 0.4e6,
  av1: 0.6e6
}

/**
 * The same where tiles are copied: what docs/figures-slides.md asks of the slide converter, on the careful side, until a node's own are
 * measured. Only slides have tiles.
 */
export const defaultCopyBytesPerS: Partial<Record<ProfileName, number>> = {
  dzi: 80e6,
  szi: 80e6,
  bigtiff: 200e6,
  iiif3: 80e6,
  zoomify: 80e6
}

/** Same source: 97 MB there and back in 0.85 s of CPU and 1.7 s of gigabit wire. */
export const defaultLinkBytesPerS = 76e6

/** Bytes of result per byte of source, on the careful side; from the same measurements. */
export const resultRatio: Record<Kind, number> = { slide: 1, image: 0.2, video: 0.8 }

/** What a task takes however small it is: a child starts in 0.13 s. */
export const runOverheadMs = 130

/** What a task on another node takes however small it is: offer, two requests, their answers. */
export const sendOverheadMs = 100
