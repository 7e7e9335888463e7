/** Seconds written so far from a line of ffmpeg's `-progress`; undefined for other lines and `N/A`. */
export function progressSeconds(line: string): number | undefined {
  // `out_time_ms` holds microseconds too (ffmpeg ticket 7345), so only the honest name is read.
  const found = /^out_time_us=(-?\d+)$/.exec(line.trim())
  return found ? Math.max(0, Number(found[1]) / 1e6) : undefined
}
