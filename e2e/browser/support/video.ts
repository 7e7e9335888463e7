import type { Locator } from '@playwright/test'

/** Seconds that it had played when its clock passed `seconds`, as the player's own events tell. */
export function untilPlayed(player: Locator, seconds: number): Promise<number> {
  return player.evaluate(
    (video: HTMLVideoElement, past) =>
      new Promise<number>((resolve, reject) => {
        video.addEventListener('timeupdate', () => video.currentTime > past && resolve(video.currentTime))
        video.addEventListener('error', () => reject(new Error(video.error?.message)))
      }),
    seconds
  )
}

/** Moves to a place and answers where it is then. */
export function seek(player: Locator, seconds: number): Promise<number> {
  return player.evaluate(
    (video: HTMLVideoElement, to) =>
      new Promise<number>((resolve) => {
        video.pause()
        video.addEventListener('seeked', () => resolve(video.currentTime), { once: true })
        video.currentTime = to
      }),
    seconds
  )
}

/** How many of 4,096 colours are in the frame that is shown. */
export function coloursOf(player: Locator): Promise<number> {
  return player.evaluate((video: HTMLVideoElement) => {
    const pen = new OffscreenCanvas(160, 90).getContext('2d')
    pen?.drawImage(video, 0, 0, 160, 90)
    const data = pen?.getImageData(0, 0, 160, 90).data ?? []
    const seen = new Set<number>()
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.slice(at, at + 3)
      seen.add((red >> 4) * 256 + (green >> 4) * 16 + (blue >> 4))
    }
    return seen.size
  })
}
