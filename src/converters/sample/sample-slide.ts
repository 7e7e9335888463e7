import sharp from 'sharp'
import { seeded } from './random.ts'
import { clouds, type Ellipse, eachPixel, type Field } from './tissue.ts'

const widthPx = 4000
const heightPx = 3000
/** µm per pixel, as a 20x objective gives it. */
const mpp = 0.5
const seed = 1887

/** Colours of the two stains and the empty glass. */
const glass = [244, 241, 245] as const
const eosin = [226, 148, 190] as const
const pale = [240, 196, 219] as const
const nucleus = [84, 52, 132] as const

/**
 * Writes a made-up piece of tissue that looks stained with haematoxylin and eosin: a tiled pyramidal TIFF with a
 * pixel size of 0.5 µm. The same bytes every time; about two seconds.
 */
export async function makeSampleSlide(path: string): Promise<void> {
  const pixels = await paintTissue()
  await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .tiff({
      compression: 'jpeg',
      quality: 85,
      tile: true,
      tileWidth: 256,
      tileHeight: 256,
      pyramid: true,
      resolutionUnit: 'cm',
      xres: 1000 / mpp,
      yres: 1000 / mpp
    })
    .toFile(path)
}

async function paintTissue(): Promise<Uint8Array> {
  const [shape, fibres, grain] = await Promise.all([
    clouds(widthPx, heightPx, 520, seed),
    clouds(widthPx, heightPx, 48, seed + 1),
    clouds(widthPx, heightPx, 6, seed + 2)
  ])
  const tissue = tissueMask(shape, fibres)
  const pixels = paintStroma(tissue, fibres, grain)
  const random = seeded(seed + 3)
  const glands = placeGlands(tissue, random)
  for (const gland of glands) paintLumen(pixels, gland)
  for (const gland of glands) paintRing(pixels, gland, random)
  for (let i = 0; i < 5200; i++) paintStromaNucleus(pixels, tissue, random)
  return pixels
}

/** 0 on glass, 255 in tissue, with a soft rim: a blob in the middle whose border the clouds bend. */
function tissueMask(shape: Field, fibres: Field): Field {
  const mask = new Uint8Array(widthPx * heightPx)
  for (let y = 0, i = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++, i++) {
      const [dx, dy] = [(x - widthPx / 2) / (widthPx * 0.4), (y - heightPx / 2) / (heightPx * 0.37)]
      const inside = 1 - (dx * dx + dy * dy) + ((shape[i] ?? 0) - 128) / 210 + ((fibres[i] ?? 0) - 128) / 1600
      mask[i] = Math.max(0, Math.min(255, (inside - 0.12) * 2600))
    }
  return mask
}

function paintStroma(tissue: Field, fibres: Field, grain: Field): Uint8Array {
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  for (let i = 0; i < tissue.length; i++) {
    const inTissue = (tissue[i] ?? 0) / 255
    const dense = Math.max(0, Math.min(1, ((fibres[i] ?? 0) / 255 + (grain[i] ?? 0) / 900 - 0.25) * 1.5))
    const noise = ((grain[i] ?? 0) - 128) / 16
    for (let c = 0; c < 3; c++) {
      const stroma = mix(pale[c] ?? 0, eosin[c] ?? 0, dense) + noise
      pixels[i * 3 + c] = mix(glass[c] ?? 0, stroma, inTissue)
    }
  }
  return pixels
}

function placeGlands(tissue: Field, random: () => number): Ellipse[] {
  const glands: Ellipse[] = []
  for (let tries = 0; tries < 900 && glands.length < 70; tries++) {
    const gland = {
      x: random() * widthPx,
      y: random() * heightPx,
      a: 70 + random() * 90,
      b: 50 + random() * 50,
      angle: random() * Math.PI
    }
    const apart = glands.every((other) => Math.hypot(other.x - gland.x, other.y - gland.y) > other.a + gland.a + 30)
    if (apart && isDeepIn(tissue, gland)) glands.push(gland)
  }
  return glands
}

function isDeepIn(tissue: Field, { x, y, a }: Ellipse): boolean {
  return [0, 1, 2, 3, 4, 5, 6, 7].every((eighth) => {
    const px = Math.round(x + Math.cos((eighth * Math.PI) / 4) * a * 1.3)
    const py = Math.round(y + Math.sin((eighth * Math.PI) / 4) * a * 1.3)
    return px >= 0 && py >= 0 && px < widthPx && py < heightPx && (tissue[py * widthPx + px] ?? 0) > 250
  })
}

/** Pink cells around an empty middle. */
function paintLumen(pixels: Uint8Array, gland: Ellipse): void {
  eachPixel(gland, widthPx, heightPx, (index, distance) => {
    const cells = Math.max(0, Math.min(1, (Math.sqrt(distance) - 0.42) * 9))
    for (let c = 0; c < 3; c++)
      pixels[index * 3 + c] = mix(glass[c] ?? 0, mix(pixels[index * 3 + c] ?? 0, (eosin[c] ?? 0) - 14, 0.65), cells)
  })
}

/** One row of upright nuclei along the rim. */
function paintRing(pixels: Uint8Array, gland: Ellipse, random: () => number): void {
  const count = Math.round((gland.a + gland.b) / 4.2)
  for (let i = 0; i < count; i++) {
    const turn = ((i + random() * 0.5) / count) * 2 * Math.PI
    const depth = 0.8 + random() * 0.12
    const [ex, ey] = [Math.cos(turn) * gland.a * depth, Math.sin(turn) * gland.b * depth]
    const [cos, sin] = [Math.cos(gland.angle), Math.sin(gland.angle)]
    const cell = { x: gland.x + ex * cos - ey * sin, y: gland.y + ex * sin + ey * cos }
    paintNucleus(
      pixels,
      { ...cell, a: 9 + random() * 4, b: 5 + random() * 2, angle: Math.atan2(ey, ex) + gland.angle },
      random
    )
  }
}

function paintStromaNucleus(pixels: Uint8Array, tissue: Field, random: () => number): void {
  const cell = {
    x: random() * widthPx,
    y: random() * heightPx,
    a: 6 + random() * 6,
    b: 3 + random() * 3,
    angle: random() * Math.PI
  }
  const index = Math.floor(cell.y) * widthPx + Math.floor(cell.x)
  // Glands are lighter or darker than stroma; here only glass is spared.
  if ((tissue[index] ?? 0) > 240 && !isGlass(pixels, index)) paintNucleus(pixels, cell, random)
}

const isGlass = (pixels: Uint8Array, index: number) => (pixels[index * 3 + 1] ?? 0) > 228

function paintNucleus(pixels: Uint8Array, cell: Ellipse, random: () => number): void {
  const depth = 0.6 + random() * 0.35
  const speckle = random() * 10
  eachPixel(cell, widthPx, heightPx, (index, distance) => {
    const strength = depth * Math.min(1, (1 - distance) * 2.5)
    const chromatin = Math.sin(index * 0.9 + speckle) * 8
    for (let c = 0; c < 3; c++)
      pixels[index * 3 + c] = mix(pixels[index * 3 + c] ?? 0, (nucleus[c] ?? 0) + chromatin, strength)
  })
}

function mix(from: number, to: number, share: number): number {
  return Math.max(0, Math.min(255, from + (to - from) * share))
}
