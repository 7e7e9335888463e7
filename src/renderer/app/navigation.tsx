import { UnstyledButton } from '@mantine/core'
import { IconDevices, IconSettings, IconStack2 } from '@tabler/icons-react'
import { type Screen, screens, useView } from '../state/view-store.ts'
import classes from './navigation.module.css'
import { ThisComputer } from './this-computer.tsx'

const entries = {
  queue: { label: 'Queue', icon: IconStack2 },
  nodes: { label: 'Computers', icon: IconDevices },
  settings: { label: 'Settings', icon: IconSettings }
} as const satisfies Record<Screen, unknown>

/** The way between the screens. */
export function Navigation() {
  const current = useView((view) => view.screen)
  const show = useView((view) => view.show)
  return (
    <nav className={classes.navigation} aria-label="Screens">
      <div className={classes.brand}>
        <img src="./icon.svg" alt="" width={28} height={28} />
        Microtome
      </div>
      {screens.map((screen) => {
        const { label, icon: Icon } = entries[screen]
        return (
          <UnstyledButton
            key={screen}
            className={classes.entry}
            aria-current={screen === current ? 'page' : undefined}
            onClick={() => show(screen)}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {label}
          </UnstyledButton>
        )
      })}
      <ThisComputer />
    </nav>
  )
}
