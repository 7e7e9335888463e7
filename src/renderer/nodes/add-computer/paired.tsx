import { Button, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'

/** The good end of pairing, on either side. */
export function Paired({ name, onClose }: { name: string; onClose: () => void }) {
  return (
    <Stack align="center" gap="md" py="md" role="status">
      <ThemeIcon size={64} radius="xl" color="green" variant="light">
        <IconCheck size={36} aria-hidden />
      </ThemeIcon>
      <Title order={2} ta="center" style={{ overflowWrap: 'anywhere' }}>
        Paired with {name}
      </Title>
      <Text c="dimmed" ta="center">
        The two trust each other from now on, and with them the rest of the lab. Work is shared at once.
      </Text>
      <Button onClick={onClose} data-autofocus>
        Done
      </Button>
    </Stack>
  )
}
