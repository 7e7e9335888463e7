/** A rectangle of 8-bit RGB pixels inside a larger picture in memory. */
export interface PixelWindow {
  data: Buffer
  /** Of the first pixel's red. */
  offset: number
  /** From a pixel to the one below it. */
  strideBytes: number
  widthPx: number
  heightPx: number
  /** From a pixel to the next one; 3 if absent. A fourth byte means nothing: libjpeg-turbo is faster with whole words. */
  pixelBytes?: PixelBytes | undefined
}

export type PixelBytes = 3 | 4

/** A picture of its own in fresh memory, all zero. */
export function newPixels(widthPx: number, heightPx: number, pixelBytes: PixelBytes = 3): PixelWindow {
  const strideBytes = widthPx * pixelBytes
  return { data: Buffer.alloc(strideBytes * heightPx), offset: 0, strideBytes, widthPx, heightPx, pixelBytes }
}

/** A part of a window; it must lie inside. */
export function partOf(whole: PixelWindow, xPx: number, yPx: number, widthPx: number, heightPx: number): PixelWindow {
  const inside = xPx >= 0 && yPx >= 0 && xPx + widthPx <= whole.widthPx && yPx + heightPx <= whole.heightPx
  if (!inside)
    throw new RangeError(`${widthPx} x ${heightPx} at ${xPx}, ${yPx} of ${whole.widthPx} x ${whole.heightPx}`)
  const { data, strideBytes, pixelBytes = 3 } = whole
  const offset = whole.offset + yPx * strideBytes + xPx * pixelBytes
  return { data, offset, strideBytes, widthPx, heightPx, pixelBytes }
}

/** Copies `from` to the upper left of `to`, cut off at what fits. Both have pixels of as many bytes. */
export function copyPixels(from: PixelWindow, to: PixelWindow): void {
  const bytes = Math.min(from.widthPx, to.widthPx) * (from.pixelBytes ?? 3)
  const rows = Math.min(from.heightPx, to.heightPx)
  for (let y = 0; y < rows; y++) {
    const start = from.offset + y * from.strideBytes
    from.data.copy(to.data, to.offset + y * to.strideBytes, start, start + bytes)
  }
}

/** Rows behind each other without gaps, as encoders want them; the window's own memory where it has none. Of three bytes a pixel. */
export function packed(window: PixelWindow): Buffer {
  const { data, offset, strideBytes, widthPx, heightPx } = window
  if (strideBytes === widthPx * 3) return data.subarray(offset, offset + strideBytes * heightPx)
  const whole = newPixels(widthPx, heightPx)
  copyPixels(window, whole)
  return whole.data
}

/** The window at the upper left of a larger picture, whose other pixels repeat the window's last column and row. */
export function extended(window: PixelWindow, widthPx: number, heightPx: number): PixelWindow {
  if (window.widthPx === widthPx && window.heightPx === heightPx) return window
  const { pixelBytes = 3 } = window
  const whole = newPixels(widthPx, heightPx, pixelBytes)
  copyPixels(window, whole)
  const { data, strideBytes } = whole
  for (let y = 0; y < window.heightPx; y++) {
    const end = y * strideBytes + window.widthPx * pixelBytes
    data.fill(data.subarray(end - pixelBytes, end), end, (y + 1) * strideBytes)
  }
  const last = (window.heightPx - 1) * strideBytes
  for (let y = window.heightPx; y < heightPx; y++) data.copy(data, y * strideBytes, last, last + strideBytes)
  return whole
}

/**
 * Gives a picture's memory back at once, for who made it by {@link newPixels} and nobody else uses it: pictures of
 * tiles come and go by the thousand, and the garbage collector would let hundreds of megabytes gather.
 */
export function freePixels({ data }: PixelWindow): void {
  freeMemory(data)
}

/** The same of any bytes; nothing happens where they are a part of something larger. */
export function freeMemory({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && length > 0 && buffer.byteLength === length) buffer.transfer(0)
}
