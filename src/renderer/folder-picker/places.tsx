import { UnstyledButton } from '@mantine/core'
import { IconDeviceDesktop, IconFolder } from '@tabler/icons-react'
import type { Entry } from './entries.ts'
import classes from './folder-picker.module.css'

/** Where people begin: home, the results, drives and shares. */
export function Places(props: { places: Entry[]; current: string | undefined; onOpen: (path: string) => void }) {
  const { places, current, onOpen } = props
  return (
    <nav className={classes.places} aria-label="Places">
      {places.map((place) => {
        const Icon = /^([A-Za-z]:\\?|\/)$/.test(place.path) ? IconDeviceDesktop : IconFolder
        return (
          <UnstyledButton
            key={place.path}
            className={classes.place}
            aria-current={place.path === current || undefined}
            title={place.path}
            onClick={() => onOpen(place.path)}
          >
            <Icon size={16} stroke={1.7} aria-hidden />
            <span>{place.name}</span>
          </UnstyledButton>
        )
      })}
    </nav>
  )
}
