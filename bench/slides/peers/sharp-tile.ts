import { cpuUsage, pid } from 'node:process'
import sharp from 'sharp'
import { lookAt } from '../program.ts'

/*
 * A peer: `sharp(FILE).jpeg(…).tile(…)`, in a process of its own. Prints its time and processor time without the
 * start of the process, and its peak.
 * Arguments: FILE OUT JSON, the last with the options of both calls.
 */
const [file, out, options = '{}'] = process.argv.slice(2)
const { jpeg, tile } = JSON.parse(options)
const [startedMs, startedCpu] = [performance.now(), cpuUsage()]
await sharp(file, { limitInputPixels: false }).jpeg(jpeg).tile(tile).toFile(`${out}.dz`)
const ms = performance.now() - startedMs
const { user, system } = cpuUsage(startedCpu)
process.stdout.write(JSON.stringify({ ms, cpuMs: (user + system) / 1000, peakMb: lookAt(pid)?.peakMb ?? 0 }))
