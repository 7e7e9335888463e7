import type { DispatchApi, DispatchJob } from '../../engine/service-api.ts'
import { Problem } from './problems.ts'

const jobIdForm = /^[a-fA-F0-9-]{36}$/

/** The job of an address. Throws a 404: as text where deployed programs have it so, with the id where those have JSON. */
export function jobOf(dispatch: DispatchApi, id: string, form: 'text' | 'json' = 'text'): DispatchJob {
  const job = jobIdForm.test(id) ? dispatch.get(id) : undefined
  if (job) return job
  throw new Problem(404, 'Job not found', form === 'text' ? { text: true } : { details: `Job ID: ${id.slice(0, 100)}` })
}
