import { MicrotomeError } from '../../shared/errors.ts'
import type { Prober } from '../intake/index.ts'

/**
 * Looks again when the search for tools has ended: at the first start on a machine a film may be dropped while ffmpeg is still
 * being looked for. What needs no tool never waits.
 */
export function patientProber(prober: Prober, toolsSettled: () => Promise<unknown>): Prober {
  return {
    async probe(sourcePath, thumbnailPath) {
      try {
        return await prober.probe(sourcePath, thumbnailPath)
      } catch (thrown) {
        if (!(thrown instanceof MicrotomeError) || thrown.code !== 'tool-missing') throw thrown
        await toolsSettled()
        return await prober.probe(sourcePath, thumbnailPath)
      }
    }
  }
}
