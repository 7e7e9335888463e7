import { settingsSchema } from '../../../shared/settings.ts'
import type { Config } from '../../config/index.ts'

/** The part of a configuration that is read, with the defaults of some machine. */
export function machineSettings(): Pick<Config, 'current' | 'error'> {
  const settings = settingsSchema.parse({ name: 'path-07', slots: 1, threads: 2, destination: '/out' })
  return { current: () => settings, error: () => undefined }
}
