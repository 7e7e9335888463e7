/** Path of a blob on the peer door; ids are what the offering node made up. */
export const blobPath = /^\/blobs\/([A-Za-z0-9_-]{1,100})$/

/** Header of HEAD and PUT answers: how many bytes of an expected blob are there. */
export const receivedHeader = 'upload-offset'

const digits = '(\\d{1,15})'
const rangeForm = new RegExp(`^bytes=${digits}-$`)
const contentRangeForm = new RegExp(`^bytes ${digits}-${digits}/${digits}$`)

/** First byte of a Range header `bytes=n-`; 0 where there is none, undefined for any other form. */
export function parseRange(header: string | undefined): number | undefined {
  if (header === undefined) return 0
  const start = rangeForm.exec(header)?.[1]
  return start === undefined ? undefined : Number(start)
}

/** `bytes a-b/n` that runs to the end (b = n - 1); undefined for anything else. */
export function parseContentRange(header: string | undefined): { start: number; total: number } | undefined {
  const [, start, last, total] = contentRangeForm.exec(header ?? '')?.map(Number) ?? []
  if (start === undefined || last === undefined || total === undefined) return undefined
  return start <= last && last === total - 1 ? { start, total } : undefined
}

/** The header for bytes from `start` to the end of `total`. */
export const contentRange = (start: number, total: number) => `bytes ${start}-${total - 1}/${total}`
