import { isMainThread } from 'node:worker_threads'
import { ProgressReporter } from '../../../progress-reporter.ts'

// Loaded before a converter child's own code: SIGKILL takes it with the very tile that brings its progress to this share.
// Its messages tell of that five times a second only, in which a fast machine is done.
const share = Number(process.env.MICROTOME_TEST_DIE_AT)
const { span } = ProgressReporter.prototype

if (isMainThread)
  ProgressReporter.prototype.span = function (from, to, stage) {
    const report = span.call(this, from, to, stage)
    return (fraction, details) => {
      if (stage === 'converting' && fraction >= share) process.kill(process.pid, 'SIGKILL')
      report(fraction, details)
    }
  }
