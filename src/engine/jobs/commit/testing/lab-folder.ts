import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { onTestFinished } from 'vitest'
import { FakeClock } from '../../../fake-clock.ts'
import type { CommitFiles, CommitPlace } from '../commit-place.ts'
import { NameReservations } from '../name-reservations.ts'
import { planCommit } from '../plan-commit.ts'
import type { ResultToName } from '../result-to-name.ts'
import { stagingDirOf } from '../staging.ts'

/** A real folder with a source and a destination, gone when the running test ends. */
export class LabFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'microtome-commit-'))
  readonly destination = join(this.root, 'results')
  readonly clock = new FakeClock()
  readonly reservations = new NameReservations()
  place: CommitPlace = { files, clock: this.clock, platform: 'linux' }
  #jobs = 0

  constructor() {
    mkdirSync(this.destination)
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }))
  }

  on(platform: NodeJS.Platform, broken: Partial<CommitFiles> = {}): this {
    this.place = { ...this.place, platform, files: { ...files, ...broken } }
    return this
  }

  /** Writes files by relative path; the text is the content. */
  write(texts: Record<string, string>, under = this.destination): void {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(under, path)), { recursive: true })
      writeFileSync(join(under, path), text)
    }
  }

  /** All files of the destination with their contents, staging folders left out. */
  contents(): Record<string, string> {
    return contentsOf(this.destination, (path) => !path.startsWith('.microtome-'))
  }

  /** A result as a converter leaves it; `primary` is the first file. */
  stage(texts: Record<string, string>, over: Partial<ResultToName> = {}): ResultToName {
    this.#jobs += 1
    const stagingDir = stagingDirOf(this.destination, { owner: 'me', jobId: `job${this.#jobs}`, epoch: 1 })
    this.write(texts, stagingDir)
    return {
      epoch: 1,
      stagingDir,
      destinationDir: this.destination,
      sourceName: 'CMU-1.svs',
      sourcePath: join(this.root, 'CMU-1.svs'),
      primary: Object.keys(texts)[0] ?? '',
      onExists: 'rename',
      claimOn: async () => undefined,
      ...over
    }
  }

  /** A small pyramid with its sidecar; every file's text begins with `mark`. */
  stagePyramid(mark: string, over: Partial<ResultToName> = {}): ResultToName {
    const files = {
      'result.dzi': 'dzi',
      'result_files/0/0_0.jpg': '0',
      'result_files/1/0_0.jpg': '1',
      'result.json': 'json'
    }
    return this.stage(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `${mark} ${text}`])), over)
  }

  plan(result: ResultToName) {
    return planCommit(this.place, this.reservations, result)
  }
}

/** What a pyramid of {@link LabFolder.stagePyramid} looks like under its final name. */
export function pyramid(mark: string, base: string): Record<string, string> {
  return {
    [`${base}.dzi`]: `${mark} dzi`,
    [`${base}.json`]: `${mark} json`,
    [`${base}_files/0/0_0.jpg`]: `${mark} 0`,
    [`${base}_files/1/0_0.jpg`]: `${mark} 1`
  }
}

/** Relative paths with `/` and texts of all files below a folder. */
export function contentsOf(root: string, keep: (path: string) => boolean = () => true): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  return Object.fromEntries(paths.filter(keep).map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}
