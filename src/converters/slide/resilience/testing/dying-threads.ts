import { existsSync, readFileSync } from 'node:fs'
import { isMainThread, parentPort } from 'node:worker_threads'

// Loaded before the code of a converter child's threads: while the file is there, they die as it says.
const path = process.env.MICROTOME_TEST_THREADS ?? ''

if (!isMainThread && existsSync(path)) {
  const how = readFileSync(path, 'utf8')
  if (how === 'at the start') throw new Error('no memory for a thread')
  parentPort?.on('message', () => {
    // One that waited all the time for its first tile lives on.
    if (!existsSync(path)) return
    if (how === 'by an error') throw new Error('no memory for a tile')
    process.exit(3)
  })
}
