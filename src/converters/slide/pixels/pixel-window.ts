/** A rectangle of 8-bit RGB pixels inside a larger picture in memory. */
export interface PixelWindow {
  data: Buffer
  /** Of the first pixel's red. */
  offset: number
  /** From a pixel to the one below it. */
  strideBytes: number
  widthPx: number
  heightPx: number
}

/** A picture of its own in fresh memory, all zero. */
export function newPixels(widthPx: number, heightPx: number): PixelWindow {
  return { data: Buffer.alloc(widthPx * heightPx * 3), offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }
}

/** A part of a window; it must lie inside. */
export function partOf(whole: PixelWindow, xPx: number, yPx: number, widthPx: number, heightPx: number): PixelWindow {
  const inside = xPx >= 0 && yPx >= 0 && xPx + widthPx <= whole.widthPx && yPx + heightPx <= whole.heightPx
  if (!inside)
    throw new RangeError(`${widthPx} x ${heightPx} at ${xPx}, ${yPx} of ${whole.widthPx} x ${whole.heightPx}`)
  const { data, strideBytes } = whole
  return { data, offset: whole.offset + yPx * strideBytes + xPx * 3, strideBytes, widthPx, heightPx }
}

/** Copies `from` to the upper left of `to`, cut off at what fits. */
export function copyPixels(from: PixelWindow, to: PixelWindow): void {
  const bytes = Math.min(from.widthPx, to.widthPx) * 3
  const rows = Math.min(from.heightPx, to.heightPx)
  for (let y = 0; y < rows; y++) {
    const start = from.offset + y * from.strideBytes
    from.data.copy(to.data, to.offset + y * to.strideBytes, start, start + bytes)
  }
}

/** Rows behind each other without gaps, as encoders want them; the window's own memory where it has none. */
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
  const whole = newPixels(widthPx, heightPx)
  copyPixels(window, whole)
  const { data, strideBytes } = whole
  for (let y = 0; y < window.heightPx; y++) {
    const end = y * strideBytes + window.widthPx * 3
    data.fill(data.subarray(end - 3, end), end, (y + 1) * strideBytes)
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
