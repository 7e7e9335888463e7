import { parseProfile } from '../../shared/domain/profiles.ts'
import { api } from '../api/client.ts'
import { notifyProblem } from '../problem/index.ts'

/** Has the engine write a small slide and converts it to the place and with the profile of the settings. */
export async function convertSample(): Promise<void> {
  try {
    const [{ path }, { values }] = await Promise.all([api.sample(), api.settings.get()])
    const slide = values.profiles.slide ?? parseProfile('dzi')
    await api.submit({ paths: [path], profiles: { slide }, destination: values.destination })
  } catch (error) {
    notifyProblem(error)
  }
}
