import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resultBaseName } from './file-name.ts'

const room = { suffixes: ['.dzi', '_files', '.json'], destinationDir: '/results', platform: 'linux' } as const
const nameOf = (sourceName: string) => resultBaseName(sourceName, room)
const bytes = (text: string) => Buffer.byteLength(text)

describe('the name of a result', () => {
  it.each([
    ['CMU-1.svs', 'CMU-1'],
    ['scan.ome.tiff', 'scan.ome'],
    ['Dept. B', 'Dept. B'],
    ['case 12.5', 'case 12.5'],
    ['no extension', 'no extension'],
    ['Färbung 🔬.mp4', 'Färbung 🔬'],
    ['e\u0301.png', 'é'],
    ['a<b>c:d"e/f\\g|h?i*j\tk.png', 'a_b_c_d_e_f_g_h_i_j_k'],
    ['trailing dots... .svs', 'trailing dots'],
    ['  spaces  .svs', 'spaces'],
    ['.hidden.svs', 'hidden'],
    ['.svs', 'result'],
    ['....', 'result'],
    ['', 'result'],
    ['CON.svs', '_CON'],
    ['con', '_con'],
    ['nul.tar.gz', '_nul.tar'],
    ['COM1.svs', '_COM1'],
    ['lpt².svs', '_lpt²'],
    ['CONSOLE.svs', 'CONSOLE'],
    ['broken \ud83d half.svs', 'broken \ufffd half']
  ])('makes of "%s" "%s"', (sourceName, name) => {
    expect(nameOf(sourceName)).toBe(name)
  })

  it('leaves room for its suffix and a number in 255 bytes, and cuts no character in two', () => {
    const family = '👩‍👩‍👧‍👦'
    const name = nameOf(`${family.repeat(40)}.svs`)
    expect(bytes(`${name} (9999)_files`)).toBeLessThanOrEqual(255)
    expect(name).toBe(family.repeat(9))
  })

  it('keeps paths short enough for Windows where that leaves a name', () => {
    const destinationDir = `C:\\${'d'.repeat(150)}`
    const onWindows = (dir: string) =>
      resultBaseName(`${'n'.repeat(200)}.svs`, { ...room, destinationDir: dir, platform: 'win32' })
    expect(`${destinationDir}\\${onWindows(destinationDir)} (9999)_files\\18\\1000_1000.jpg`.length).toBeLessThan(260)
    expect(onWindows(`C:\\${'d'.repeat(400)}`)).toBe('n'.repeat(24))
  })

  it('is a name that every platform takes, whatever the source is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (sourceName) => {
        const name = nameOf(sourceName)
        expect(name).not.toBe('')
        expect(name).not.toMatch(/[<>:"/\\|?*]|\p{Cc}|^[\s.]|[\s.]$/u)
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
        expect(name.isWellFormed()).toBe(true)
        expect(bytes(name)).toBeLessThanOrEqual(255 - 8 - 6)
        expect(resultBaseName(name, { ...room, suffixes: [] }).length).toBeGreaterThan(0)
      }),
      { numRuns: 300 }
    )
  })
})
