import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from '@playwright/test'
import sharp from 'sharp'
import { chromiumOptions } from './browser.ts'
import { type Media, makeMedia } from './fixture/media.ts'
import { ordinaryScenario } from './fixture/scenario.ts'
import { startFixtureNode } from './fixture-node.ts'
import { type Scene, scenes } from './scenes.ts'

// node e2e/screens/shoot.ts [--only PART-OF-A-NAME] [--light] [--page DIR] [--into DIR] [--width PX]
// Pictures of every screen, into docs/screenshots and in its two sizes unless told otherwise.
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    light: { type: 'boolean', default: false },
    page: { type: 'string' },
    into: { type: 'string' },
    width: { type: 'string' }
  }
})

const pageDir = values.page === undefined ? {} : { pageDir: values.page }
const ownFolder = values.into !== undefined
const folder = ownFolder ? `${values.into}/` : fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const usualSizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 }
]
const sizes = values.width === undefined ? usualSizes : [{ width: Number(values.width), height: 800 }]
const schemes = values.light ? (['light'] as const) : (['light', 'dark'] as const)

const chosen = scenes.filter((scene) => values.only === undefined || scene.name.includes(values.only))
await mkdir(folder, { recursive: true })
if (values.only === undefined && !ownFolder) await removeOld()
const media = await makeMedia()
const browser = await chromium.launch(chromiumOptions())
let bytes = 0
try {
  for (const scene of chosen) bytes += await shootScene(browser, media, scene)
} finally {
  await browser.close()
  await media.close()
}
console.log(`${chosen.length} scenes, ${(bytes / 1e6).toFixed(1)} MB`)

async function removeOld(): Promise<void> {
  const old = (await readdir(folder)).filter((name) => name.endsWith('.png'))
  await Promise.all(old.map((name) => rm(folder + name)))
}

async function shootScene(browser: Browser, media: Media, scene: Scene): Promise<number> {
  let sum = 0
  for (const viewport of scene.smallOnly ? sizes.slice(0, 1) : sizes) {
    for (const colorScheme of schemes) {
      const page = await browser.newPage({
        viewport,
        colorScheme,
        timezoneId: 'Europe/Zurich',
        reducedMotion: 'reduce'
      })
      const picture = await take(page, media, scene)
      await page.close()
      const file = `${scene.name}.${colorScheme}.${viewport.width}.png`
      await writeFile(folder + file, picture)
      sum += picture.length
      console.log(file)
    }
  }
  return sum
}

async function take(page: Page, media: Media, scene: Scene): Promise<Buffer> {
  const node = await startFixtureNode({ scenario: scene.scenario, media, ...pageDir })
  try {
    // Time goes on from there: the viewer fades tiles in by the clock.
    await page.clock.install({ time: ordinaryScenario.nowMs })
    await page.goto(node.url)
    await page.getByRole('region', { name: 'Queue' }).waitFor()
    await scene.act?.(page, node)
    await settled(page)
    return await sharp(await page.screenshot())
      .png({ palette: true, quality: 90, effort: 9 })
      .toBuffer()
  } finally {
    await node.close()
  }
}

/** No traffic for a while (tiles ask for more tiles), pictures decoded, two frames passed. */
async function settled(page: Page): Promise<void> {
  await quiet(page, 400)
  await page.evaluate(async () => {
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  })
}

function quiet(page: Page, quietMs: number): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, quietMs)
    page.on('request', () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, quietMs)
    })
  })
}
