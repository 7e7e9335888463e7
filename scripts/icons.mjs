// `node scripts/icons.mjs`: draws the desktop's icons from their SVG sources. The results are committed.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { root, say } from './project.mjs'

const resources = join(root, 'resources')
const states = ['idle', 'working', 'paused']
const trayPx = { png: 22, ico: [16, 20, 24, 32, 48], template: 18 }
const appPx = [16, 24, 32, 48, 64, 128, 256]

/**
 * @param {string} source SVG
 * @param {number} sizePx
 */
async function draw(source, sizePx) {
  // 32 units at 72 dpi are 32 pixels: drawn at the wanted size, not scaled up afterwards.
  const density = Math.ceil((72 * sizePx) / 32)
  return sharp(await readFile(source), { density })
    .resize(sizePx, sizePx)
    .png({ compressionLevel: 9 })
    .toBuffer()
}

/**
 * Windows' icon file: a directory of PNGs (https://learn.microsoft.com/windows/win32/menurc/newheader). 0 stands for 256.
 * @param {{ sizePx: number, png: Buffer }[]} images
 */
function ico(images) {
  const header = Buffer.alloc(6 + 16 * images.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let offset = header.length
  for (const [index, { sizePx, png }] of images.entries()) {
    const at = 6 + 16 * index
    header.writeUInt8(sizePx % 256, at)
    header.writeUInt8(sizePx % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([header, ...images.map(({ png }) => png)])
}

/**
 * macOS' icon file: type, length, PNG for each size (https://en.wikipedia.org/wiki/Apple_Icon_Image_format).
 * @param {{ type: string, png: Buffer }[]} images
 */
function icns(images) {
  const chunks = images.map(({ type, png }) => Buffer.concat([chunkHeader(type, png.length + 8), png]))
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 8)
  return Buffer.concat([chunkHeader('icns', length), ...chunks])
}

/**
 * @param {string} type
 * @param {number} length
 */
function chunkHeader(type, length) {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(length, 4)
  return header
}

/**
 * @param {string} source
 * @param {number[]} sizesPx
 */
const drawIco = async (source, sizesPx) =>
  ico(await Promise.all(sizesPx.map(async (sizePx) => ({ sizePx, png: await draw(source, sizePx) }))))

async function drawApp() {
  // The page's own icon, so that window, tab and installer look alike.
  const source = join(root, 'src', 'renderer', 'public', 'icon.svg')
  const apple = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic13: 256, ic14: 512 }
  const images = Object.entries(apple).map(async ([type, sizePx]) => ({ type, png: await draw(source, sizePx) }))
  await writeFile(join(resources, 'icon.icns'), icns(await Promise.all(images)))
  await writeFile(join(resources, 'icon.ico'), await drawIco(source, appPx))
  await writeFile(join(resources, 'icon.png'), await draw(source, 512))
}

/** @param {string} state */
async function drawTray(state) {
  const tray = join(resources, 'tray')
  await mkdir(tray, { recursive: true })
  const source = join(tray, `${state}.svg`)
  await writeFile(join(tray, `${state}.png`), await draw(source, trayPx.png))
  await writeFile(join(tray, `${state}@2x.png`), await draw(source, trayPx.png * 2))
  await writeFile(join(tray, `${state}.ico`), await drawIco(source, trayPx.ico))
  // macOS colours an image whose name ends in Template to fit the menu bar.
  const template = join(tray, `${state}-template.svg`)
  await writeFile(join(tray, `${state}Template.png`), await draw(template, trayPx.template))
  await writeFile(join(tray, `${state}Template@2x.png`), await draw(template, trayPx.template * 2))
}

await drawApp()
await Promise.all(states.map(drawTray))
say('Drew the icons in resources/.')
