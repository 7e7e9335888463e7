import type { ToChild } from '../shared/converter-protocol.ts'
import type { JobError } from '../shared/errors.ts'
import { reasonOf } from './failures.ts'

/**
 * A failure that nobody foresaw, without the paths that Node and libraries put into their messages: folders and files are
 * named after patients. Errors of ours name none.
 */
export function withoutPaths(error: JobError, request: ToChild): JobError {
  if (error.class !== 'bug') return error
  // The longest first: a folder's path is the beginning of those in it.
  const paths = pathsOf(request).sort((a, b) => b.length - a.length)
  return { ...error, message: reasonOf(error.message, paths) }
}

function pathsOf(request: ToChild): string[] {
  switch (request.type) {
    case 'convert': {
      const { sourcePath, scratchDir, output } = request
      return [sourcePath, scratchDir, output.type === 'folder' ? output.dir : output.path]
    }
    case 'probe':
      return [request.sourcePath, request.thumbnailPath ?? '']
    case 'sample':
      return [request.path]
    case 'cancel':
      return []
  }
}
