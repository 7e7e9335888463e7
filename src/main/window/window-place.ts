import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'
import { z } from 'zod'

const windowPlace = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(1).max(20_000),
  height: z.number().int().min(1).max(20_000),
  isMaximized: z.boolean()
})

/** Where the window was, in the screen's device-independent pixels. */
export type WindowPlace = z.infer<typeof windowPlace>

/** Reads where the window was; undefined for a first start or a file that can't be read. */
export function readPlace(file: string): WindowPlace | undefined {
  if (!existsSync(file)) return undefined
  try {
    return windowPlace.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    // Not JSON, not readable: the window opens at its usual size, and the file is written anew.
    return undefined
  }
}

/** Keeps it for the next start. */
export function writePlace(file: string, place: WindowPlace): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(place))
  renameSync(`${file}.new`, file)
}

const graspPx = 80

/** Size and position if a piece to grasp lies on one of the screens, else the size alone: a screen may have gone. */
export function onScreen(place: WindowPlace, workAreas: readonly Rectangle[]): WindowPlace {
  const { x, y, width, height, isMaximized } = place
  if (x === undefined || y === undefined) return place
  const isThere = workAreas.some(
    (area) =>
      x + width - graspPx >= area.x &&
      x + graspPx <= area.x + area.width &&
      y >= area.y - graspPx &&
      y + graspPx <= area.y + area.height
  )
  return isThere ? place : { width, height, isMaximized }
}
