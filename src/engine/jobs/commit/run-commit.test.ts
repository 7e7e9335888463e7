import { existsSync, rmSync } from 'node:fs'
import * as files from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commit } from './run-commit.ts'
import { discardStaging } from './staging.ts'
import { LabFolder, pyramid } from './testing/lab-folder.ts'

const failing = (code: string) => Object.assign(new Error(code), { code })

describe('giving a result its names', () => {
  it('moves all of it and leaves nothing in staging', async () => {
    const lab = new LabFolder()
    const result = lab.stagePyramid('new')
    await commit(lab.place, await lab.plan(result))
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
    expect(await files.readdir(result.stagingDir)).toEqual([])
  })

  it('makes the main file the last that appears', async () => {
    const lab = new LabFolder()
    const seen: boolean[] = []
    lab.on('linux', {
      link: async (from, to) => {
        seen.push(existsSync(join(lab.destination, 'CMU-1_files')) && existsSync(join(lab.destination, 'CMU-1.json')))
        await files.link(from, to)
      }
    })
    await commit(lab.place, await lab.plan(lab.stagePyramid('new')))
    expect(seen.at(-1)).toBe(true)
  })

  it('may be repeated when it is done', async () => {
    const lab = new LabFolder()
    lab.write(pyramid('old', 'CMU-1'))
    const result = lab.stagePyramid('new', { onExists: 'replace' })
    const journal = await lab.plan(result)
    await commit(lab.place, journal)
    await commit(lab.place, journal)
    await discardStaging(lab.place, result.stagingDir)
    await commit(lab.place, journal)
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
    expect(existsSync(result.stagingDir)).toBe(false)
  })

  it('replaces an older result as a whole, its surplus tiles too', async () => {
    const lab = new LabFolder()
    lab.write({ ...pyramid('old', 'CMU-1'), 'CMU-1_files/2/7_7.jpg': 'old', 'other.dzi': 'stays' })
    await commit(lab.place, await lab.plan(lab.stagePyramid('new', { onExists: 'replace' })))
    expect(lab.contents()).toEqual({ ...pyramid('new', 'CMU-1'), 'other.dzi': 'stays' })
  })

  it('takes no new file for an old one when the old one was deleted before it could be replaced', async () => {
    const lab = new LabFolder()
    lab.write(pyramid('old', 'CMU-1'))
    const result = lab.stagePyramid('new', { onExists: 'replace' })
    const journal = await lab.plan(result)
    for (const name of ['CMU-1.dzi', 'CMU-1.json', 'CMU-1_files'])
      rmSync(join(lab.destination, name), { recursive: true })
    await files.rename(join(result.stagingDir, 'result.json'), join(lab.destination, 'CMU-1.json'))
    await commit(lab.place, journal)
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
  })

  it('never replaces a file that appeared meanwhile, and takes everything back', async () => {
    const lab = new LabFolder()
    const result = lab.stagePyramid('new')
    const journal = await lab.plan(result)
    lab.write({ 'CMU-1.dzi': 'of another program' })
    await expect(commit(lab.place, journal)).rejects.toMatchObject({ code: 'destination-taken', class: 'input' })
    expect(lab.contents()).toEqual({ 'CMU-1.dzi': 'of another program' })
    rmSync(join(lab.destination, 'CMU-1.dzi'))
    await commit(lab.place, journal)
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
  })

  it('never replaces one that appears between looking and moving', async () => {
    const lab = new LabFolder()
    const journal = await lab.plan(lab.stage({ 'result.webp': 'new' }))
    lab.on('linux', {
      link: async (from, to) => {
        lab.write({ 'CMU-1.webp': 'of another program' })
        await files.link(from, to)
      }
    })
    await expect(commit(lab.place, journal)).rejects.toMatchObject({ code: 'destination-taken' })
    expect(lab.contents()).toEqual({ 'CMU-1.webp': 'of another program' })
  })

  it('does without hard links where the disk has none', async () => {
    const lab = new LabFolder().on('linux', {
      link: async () => {
        throw failing('EPERM')
      }
    })
    await commit(lab.place, await lab.plan(lab.stagePyramid('new')))
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
  })

  it('says so when the staged result is lost', async () => {
    const lab = new LabFolder()
    const result = lab.stagePyramid('new')
    const journal = await lab.plan(result)
    rmSync(result.stagingDir, { recursive: true })
    await expect(commit(lab.place, journal)).rejects.toMatchObject({ code: 'result-lost', class: 'node' })
  })

  it('flushes main file, sidecar, tiles and folders before anything gets its name', async () => {
    const lab = new LabFolder()
    const opened: string[] = []
    const journal = await lab.plan(lab.stagePyramid('new'))
    lab.on('linux', {
      open: async (...args) => {
        opened.push(String(args[0]).replace(`${lab.destination}/`, ''))
        return files.open(...args)
      }
    })
    await commit(lab.place, journal)
    const staged = opened.filter((path) => path.startsWith('.microtome-')).map((path) => path.replace(/^[^/]*\//, ''))
    expect(staged.sort()).toEqual(
      ['result.dzi', 'result.json', 'result_files', 'result_files/0', 'result_files/1']
        .concat(['result_files/0/0_0.jpg', 'result_files/1/0_0.jpg'])
        .sort()
    )
    expect(opened.at(-1)).toBe(lab.destination)
  })

  it('leaves tiles to the disk when flushing them takes longer than five seconds, but never the main file', async () => {
    const lab = new LabFolder()
    const tiles = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`result_files/0/${i}_0.jpg`, 'tile']))
    const journal = await lab.plan(lab.stage({ 'result.dzi': 'new', ...tiles }))
    const opened: string[] = []
    lab.on('linux', {
      open: async (...args) => {
        opened.push(String(args[0]))
        lab.clock.advance(1000)
        return files.open(...args)
      }
    })
    await commit(lab.place, journal)
    const flushedTiles = opened.filter((path) => path.endsWith('_0.jpg')).length
    expect(flushedTiles).toBeGreaterThan(0)
    expect(flushedTiles).toBeLessThan(10)
    expect(opened.some((path) => path.endsWith('result.dzi'))).toBe(true)
  })
})

describe('when a move fails', () => {
  const replacing = { onExists: 'replace' } as const

  it('puts everything back as it was, whichever move it is, and succeeds when called again', async () => {
    for (let failAt = 1; failAt <= 6; failAt += 1) {
      const lab = new LabFolder()
      lab.write(pyramid('old', 'CMU-1'))
      const journal = await lab.plan(lab.stagePyramid('new', replacing))
      let calls = 0
      const failOnce = () => {
        calls += 1
        if (calls === failAt) throw failing('EIO')
      }
      lab.on('linux', {
        rename: async (from, to) => {
          failOnce()
          await files.rename(from, to)
        },
        unlink: async (path) => {
          failOnce()
          await files.unlink(path)
        }
      })
      await expect(commit(lab.place, journal), `failing at ${failAt}`).rejects.toMatchObject({
        code: 'destination-not-writable'
      })
      expect(lab.contents(), `after failing at ${failAt}`).toEqual(pyramid('old', 'CMU-1'))
      await commit(lab.place, journal)
      expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
    }
  })

  it('keeps the only copy of what it could not put back', async () => {
    const lab = new LabFolder()
    lab.write(pyramid('old', 'CMU-1'))
    const result = lab.stagePyramid('new', replacing)
    const journal = await lab.plan(result)
    let renames = 0
    lab.on('linux', {
      rename: async (from, to) => {
        renames += 1
        if (renames > 3) throw failing('EIO')
        await files.rename(from, to)
      },
      link: async () => {
        throw failing('EIO')
      }
    })
    await expect(commit(lab.place, journal)).rejects.toMatchObject({
      code: 'destination-not-restored',
      hint: expect.stringContaining(join(result.stagingDir, 'replaced'))
    })
    await discardStaging(lab.place, result.stagingDir)
    expect(existsSync(join(result.stagingDir, 'replaced', 'result.dzi'))).toBe(true)
  })

  it('says that the disk is full', async () => {
    const lab = new LabFolder()
    const journal = await lab.plan(lab.stage({ 'result.webp': 'new' }))
    lab.on('linux', {
      open: async () => {
        throw failing('ENOSPC')
      }
    })
    await expect(commit(lab.place, journal)).rejects.toMatchObject({ code: 'disk-full', class: 'input' })
  })
})

describe('on Windows', () => {
  /** Lets commit go on as far as it can, moving the clock on whenever it waits. */
  const settle = async <T>(lab: LabFolder, work: Promise<T>): Promise<T> => {
    let ended = false
    const end = () => {
      ended = true
    }
    work.then(end, end)
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve))
      if (lab.clock.pendingTimers > 0) lab.clock.advance(6000)
    }
    return work
  }
  const heldFor = (lab: LabFolder, times: number, code: string) => {
    let left = times
    lab.on('win32', {
      rename: async (from, to) => {
        left -= 1
        if (left >= 0) throw failing(code)
        await files.rename(from, to)
      }
    })
  }

  it.each(['EPERM', 'EBUSY', 'EACCES'])('waits while another program holds a file (%s)', async (code) => {
    const lab = new LabFolder()
    heldFor(lab, 8, code)
    const journal = await lab.plan(lab.stagePyramid('new'))
    await settle(lab, commit(lab.place, journal))
    expect(lab.contents()).toEqual(pyramid('new', 'CMU-1'))
  })

  it('gives up within bounds, says why, and takes everything back', async () => {
    const lab = new LabFolder()
    heldFor(lab, 9, 'EBUSY')
    const journal = await lab.plan(lab.stagePyramid('new'))
    await expect(settle(lab, commit(lab.place, journal))).rejects.toMatchObject({
      code: 'destination-busy',
      class: 'input'
    })
    expect(lab.contents()).toEqual({})
    expect(lab.clock.pendingTimers).toBe(0)
  })

  it('does not wait where the error is another one, nor on other platforms', async () => {
    const lab = new LabFolder()
    heldFor(lab, 1, 'EIO')
    await expect(commit(lab.place, await lab.plan(lab.stagePyramid('new')))).rejects.toThrow('EIO')
    heldFor(lab, 1, 'EPERM')
    lab.place = { ...lab.place, platform: 'linux' }
    await expect(commit(lab.place, await lab.plan(lab.stagePyramid('new')))).rejects.toThrow('EPERM')
  })

  it('replaces a result that is written in other case', async () => {
    const lab = new LabFolder().on('win32')
    lab.write({ 'cmu-1.WEBP': 'old' })
    await commit(lab.place, await lab.plan(lab.stage({ 'result.webp': 'new' }, { onExists: 'replace' })))
    expect(lab.contents()).toEqual({ 'CMU-1.webp': 'new' })
  })
})
