import { useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import { api } from '../api/client.ts'
import { useLab } from '../state/lab-store.ts'

/** Takes the colours from the settings whenever the page gets in touch with its engine. */
export function useAppearance(): void {
  const live = useLab((lab) => lab.connection === 'live')
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (!live) return
    api.settings.get().then(
      ({ values }) => setColorScheme(values.appearance === 'system' ? 'auto' : values.appearance),
      // A cut in this very moment; the next connection asks again.
      () => undefined
    )
  }, [live, setColorScheme])
}
