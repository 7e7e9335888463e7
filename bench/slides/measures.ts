import type { Bench } from '../bench.ts'
import { bounds } from './bounds.ts'
import type { Slides } from './inputs/slides.ts'
import { inTurn, type Section } from './section.ts'
import type { SlideSizes } from './sizes.ts'
import { Ways } from './ways.ts'

/** What a measure is given. */
export interface SlideBench {
  bench: Bench
  sizes: SlideSizes
  slides: Slides
}

/** One measure; `name` is what `--only` takes. */
export interface SlideMeasure {
  name: string
  title: string
  run(given: SlideBench): Promise<Section>
}

const aperio: SlideMeasure = {
  name: 'aperio',
  title: 'A scanner’s layout (Aperio, levels 4x apart) to Deep Zoom',
  async run({ bench, sizes, slides }) {
    const [slide, ways] = [await slides.aperio(), new Ways(bench)]
    const { ours, vips, sharp } = await inTurn(sizes.rounds, {
      ours: ways.ours(slide, 'dzi'),
      vips: ways.dzsave(slide),
      sharp: ways.sharp(slide)
    })
    const duels = [
      { ours, peer: vips, goals: [{ faster: 10, aim: 15 }] },
      { ours, peer: sharp, goals: [{ faster: 3, aim: 4 }] }
    ]
    return { title: this.title, input: slide.what, duels, notes: await bounds(bench, slide, ours) }
  }
}

const pyramid: SlideMeasure = {
  name: 'pyramid',
  title: 'A power-of-two pyramid to Deep Zoom',
  async run({ bench, sizes, slides }) {
    const [slide, small, ways] = [await slides.pyramid(256), await slides.pyramid(128), new Ways(bench)]
    const { ours, vips, oursSmall, vipsSmall } = await inTurn(sizes.rounds, {
      ours: ways.ours(slide, 'dzi'),
      vips: ways.dzsave(slide),
      oursSmall: ways.ours(small, 'dzi'),
      vipsSmall: ways.dzsave(small)
    })
    const duels = [
      { ours, peer: vips, goals: [{ faster: 10, aim: 15 }] },
      { ours: oursSmall, peer: vipsSmall, goals: [{ faster: 10, aim: 15 }] }
    ]
    return { title: this.title, input: slide.what, duels, notes: await bounds(bench, slide, ours) }
  }
}

const packed: SlideMeasure = {
  name: 'szi',
  title: 'Either to one file (SZI), against our own folder',
  async run({ bench, sizes, slides }) {
    const [scanner, generic, ways] = [await slides.aperio(), await slides.pyramid(256), new Ways(bench)]
    const found = await inTurn(sizes.rounds, {
      scannerFile: ways.ours(scanner, 'szi'),
      scannerFolder: ways.ours(scanner, 'dzi'),
      genericFile: ways.ours(generic, 'szi'),
      genericFolder: ways.ours(generic, 'dzi')
    })
    const duels = [
      { ours: found.scannerFile, peer: found.scannerFolder, goals: [{ within: 1 }] },
      { ours: found.genericFile, peer: found.genericFolder, goals: [{ within: 1 }] }
    ]
    return { title: this.title, input: `${scanner.what}; ${generic.what}`, duels, notes: [] }
  }
}

const bigtiff: SlideMeasure = {
  name: 'bigtiff',
  title: 'Either to BigTIFF, against a copy of the file',
  async run({ bench, sizes, slides }) {
    const [scanner, generic, ways] = [await slides.aperio(), await slides.pyramid(256), new Ways(bench)]
    const found = await inTurn(sizes.rounds, {
      scanner: ways.ours(scanner, 'bigtiff'),
      scannerCopy: ways.copy(scanner),
      generic: ways.ours(generic, 'bigtiff'),
      genericCopy: ways.copy(generic)
    })
    const duels = [
      { ours: found.scanner, peer: found.scannerCopy, goals: [{ within: 2 }] },
      { ours: found.generic, peer: found.genericCopy, goals: [{ within: 2 }] }
    ]
    return { title: this.title, input: `${scanner.what}; ${generic.what}`, duels, notes: [] }
  }
}

const jpeg2000: SlideMeasure = {
  name: 'jpeg2000',
  title: 'JPEG 2000 to Deep Zoom',
  async run({ bench, sizes, slides }) {
    const [slide, ways] = [await slides.jpeg2000(), new Ways(bench)]
    const { ours, vips } = await inTurn(sizes.rounds, { ours: ways.ours(slide, 'dzi'), vips: ways.dzsave(slide) })
    return { title: this.title, input: slide.what, duels: [{ ours, peer: vips, goals: [{ faster: 1 }] }], notes: [] }
  }
}

const encode: SlideMeasure = {
  name: 'encode',
  title: 'Where nothing can be copied: other tile size, overlap, colours to sRGB',
  async run({ bench, sizes, slides }) {
    const [slide, profiled, ways] = [await slides.pyramid(256), await slides.profiled(), new Ways(bench)]
    const [size512, size256] = [
      { jpeg: { quality: 90 }, tile: { size: 512 } },
      { jpeg: { quality: 90 }, tile: { size: 256 } }
    ]
    const found = await inTurn(sizes.rounds, {
      ours512: ways.ours(slide, 'dzi', { tileSizePx: 512 }),
      sharp512: ways.sharp(slide, size512),
      oursOverlap: ways.ours(slide, 'dzi', { overlapPx: 1 }),
      sharpOverlap: ways.sharp(slide, { ...size256, tile: { size: 256, overlap: 1 } }),
      oursSrgb: ways.ours(profiled, 'dzi', { color: 'srgb' }),
      sharpSrgb: ways.sharp(profiled, size256)
    })
    const goals = [{ faster: 1 }, { noMoreMemory: true } as const]
    const duels = [
      { ours: found.ours512, peer: found.sharp512, goals },
      { ours: found.oursOverlap, peer: found.sharpOverlap, goals },
      { ours: found.oursSrgb, peer: found.sharpSrgb, goals }
    ]
    const notes = ['sharp converts an embedded profile to sRGB unless told otherwise, so both do the same work.']
    return { title: this.title, input: `${slide.what}; ${profiled.what}`, duels, notes }
  }
}

const memory: SlideMeasure = {
  name: 'memory',
  title: 'Peak memory of the converter child',
  async run({ bench, slides }) {
    const [slide, tenfold, ways] = [await slides.aperio(), await slides.tenfold(), new Ways(bench)]
    const once = await inTurn(1, {
      small: ways.ours(slide, 'dzi'),
      large: ways.ours(tenfold, 'dzi'),
      largeFile: ways.ours(tenfold, 'szi'),
      largeTiff: ways.ours(tenfold, 'bigtiff')
    })
    const limits = Object.values(once).map((ours) => ({ ours, atMostMb: 300 }))
    return { title: this.title, input: `${slide.what}; ${tenfold.what}`, duels: [], limits, notes: [] }
  }
}

/** All of them, in the order in which they run. */
export const measures = [aperio, pyramid, bigtiff, packed, encode, jpeg2000, memory]
