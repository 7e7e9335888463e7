import { useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import { useLab } from '../state/lab-store.ts'
import { loadSettings, useSettings } from '../state/settings-store.ts'

/** Colours as the settings say, read whenever the page gets in touch with its engine; a choice made here shows at once. */
export function useAppearance(): void {
  const live = useLab((lab) => lab.connection === 'live')
  const appearance = useSettings(({ pending, values }) => pending.appearance ?? values?.appearance)
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (live) void loadSettings()
  }, [live])
  useEffect(() => {
    if (appearance !== undefined) setColorScheme(appearance === 'system' ? 'auto' : appearance)
  }, [appearance, setColorScheme])
}
