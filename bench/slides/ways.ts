import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ProfileName } from '../../src/shared/domain/profiles.ts'
import type { Bench } from '../bench.ts'
import { convertInChild } from './child-run.ts'
import { type Slide, vipsLoader } from './inputs/slides.ts'
import { type SharpOptions, sharpCommand, sharpTile } from './peers/sharp.ts'
import { runProgram } from './program.ts'
import type { Way } from './section.ts'

/** The ways to convert a slide that are measured; each makes its result in a folder of its own and removes it again. */
export class Ways {
  readonly #bench: Bench
  readonly #dir: string

  constructor(bench: Bench) {
    this.#bench = bench
    this.#dir = bench.folder()
  }

  /** Ours: a converter child that is warm, from request to answer. */
  ours({ path }: Slide, profile: ProfileName, options: Record<string, unknown> = {}): Way {
    const set = Object.entries(options).map(([name, value]) => ` --set ${name}=${value}`)
    const command = `microtome convert ${basename(path)} --to ${profile}${set.join('')}   (its converter child alone)`
    return this.#way(`microtome, ${profile}${set.join('')}`, command, (dir) =>
      convertInChild(this.#bench, { path, profile, options, dir })
    )
  }

  /** `vips dzsave` with nothing but file and result. */
  dzsave({ path }: Slide): Way {
    const name = `vips dzsave (opens it by ${vipsLoader(path)})`
    return this.#way(name, `vips dzsave ${basename(path)} out`, (dir) =>
      runProgram('vips', ['dzsave', path, join(dir, 'out')], dir)
    )
  }

  /** sharp in a Node process of its own; the process' start is not counted. */
  sharp({ path }: Slide, options: SharpOptions = {}): Way {
    return this.#way('sharp', sharpCommand(basename(path), options), (dir) =>
      sharpTile(path, join(dir, 'out'), options)
    )
  }

  /** A plain copy of the file's bytes, by the kernel. */
  copy({ path }: Slide): Way {
    return this.#way('cp', `cp ${basename(path)} out`, (dir) => runProgram('cp', [path, join(dir, 'out')], dir))
  }

  #way(name: string, command: string, work: (dir: string) => ReturnType<Way['run']>): Way {
    let count = 0
    const run = async () => {
      const dir = join(this.#dir, `${name.replaceAll(/[^a-z0-9]+/g, '-')}-${count++}`)
      mkdirSync(dir, { recursive: true })
      try {
        return await work(dir)
      } finally {
        rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
      }
    }
    return { name, command, run }
  }
}
