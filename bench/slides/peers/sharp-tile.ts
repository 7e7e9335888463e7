import { resourceUsage } from 'node:process'
import sharp from 'sharp'

/*
 * A peer: `sharp(FILE).jpeg(…).tile(…)`, in a process of its own. Prints its time without the start of the process, and its peak.
 * Arguments: FILE OUT JSON, the last with the options of both calls.
 */
const [file, out, options = '{}'] = process.argv.slice(2)
const { jpeg, tile } = JSON.parse(options)
const startedMs = performance.now()
await sharp(file, { limitInputPixels: false }).jpeg(jpeg).tile(tile).toFile(`${out}.dz`)
const ms = performance.now() - startedMs
process.stdout.write(JSON.stringify({ ms, peakMb: resourceUsage().maxRSS * 1.024e-3 }))
