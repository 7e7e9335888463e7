import type { Speed } from '../../shared/domain/jobs.ts'

/** 0.426 -> `42 %`; 100 % only when all is done. */
export const percent = (progress: number) => `${Math.floor(progress * 100)} %`

/** 12.345 -> `12.3 Mpx/s` */
export const speedText = ({ value, unit }: Speed) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`

/** A span as people say it: `8 s`, `3 min`, `1 h 5 min`. */
export function spanText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
