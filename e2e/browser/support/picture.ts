import type { Page } from '@playwright/test'
import sharp from 'sharp'

/** What a picture looks like from afar. `colours`: how many of 4,096 occur. `mean`: red, green, blue from 0 to 255. */
export interface Look {
  /** Of the canvas, 0 to 1. */
  drawnShare: number
  colours: number
  mean: [number, number, number]
}

/** Reads the pixels that the viewer has drawn; where it drew nothing there are no colours. */
export function lookOfCanvas(page: Page): Promise<Look> {
  return page
    .locator('.openseadragon-canvas canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
      const sum: [number, number, number] = [0, 0, 0]
      const seen = new Set<number>()
      let drawn = 0
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]]
        if (data[at + 3] !== 255) continue
        drawn += 1
        sum[0] += red
        sum[1] += green
        sum[2] += blue
        seen.add((red >> 4) * 256 + (green >> 4) * 16 + (blue >> 4))
      }
      const mean: [number, number, number] = [sum[0] / drawn, sum[1] / drawn, sum[2] / drawn]
      return { drawnShare: (4 * drawn) / data.length, colours: seen.size, mean }
    })
}

/** How far the drawn picture is from a file in its mean colour, 0 to 255; far where little is drawn. */
export async function distanceFrom(page: Page, file: string): Promise<number> {
  const { channels } = await sharp(file).stats()
  const { colours, mean } = await lookOfCanvas(page)
  if (colours === 0) return 255
  return Math.max(...mean.map((value, index) => Math.abs(value - (channels[index]?.mean ?? 0))))
}
