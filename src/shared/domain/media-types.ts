const byEnding: Record<string, string> = {
  '.dzi': 'application/xml',
  '.xml': 'application/xml',
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

/** The media type of a result, by the ending of its name or path. */
export function mediaTypeOf(name: string): string {
  const ending = /\.[^./\\]+$/.exec(name)?.[0] ?? ''
  return byEnding[ending.toLowerCase()] ?? 'application/octet-stream'
}
