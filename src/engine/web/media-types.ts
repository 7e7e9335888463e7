import { extname } from 'node:path'

const byEnding: Record<string, string> = {
  '.dzi': 'application/xml',
  '.szi': 'application/zip',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.json': 'application/json'
}

/** The media type of a result, by its name's ending. */
export function mediaTypeOf(name: string): string {
  return byEnding[extname(name).toLowerCase()] ?? 'application/octet-stream'
}
