import { Button, Text, ThemeIcon, Title } from '@mantine/core'
import { IconDevicesPlus } from '@tabler/icons-react'
import classes from './nodes.module.css'

/** Stands beside the only computer and says what another one would do. */
export function Invitation({ onAdd }: { onAdd: () => void }) {
  return (
    <li className={classes.invitation}>
      <ThemeIcon variant="light" size={56} radius="xl">
        <IconDevicesPlus size={30} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Title order={2}>Two computers are faster than one</Title>
      <Text c="dimmed" maw={340}>
        Start Microtome on another PC of the same network and add it with a six-digit code. It then converts part of
        what you drop here.
      </Text>
      <Button variant="default" onClick={onAdd}>
        Add another computer
      </Button>
    </li>
  )
}
