import { Center, Text } from '@mantine/core'

/** Stands in for a result that is gone or can't be read; `why` is one sentence, `hint` what to try. */
export function NothingToShow({ why, hint, children }: { why?: string; hint?: string; children?: React.ReactNode }) {
  return (
    <Center h="100%" p="xl">
      <div role="alert">
        <Text ta="center" fw={600}>
          {why ?? 'This job is no longer listed.'}
        </Text>
        <Text ta="center" c="dimmed" mb="md">
          {hint ?? 'Its result stays where it was written.'}
        </Text>
        {children}
      </div>
    </Center>
  )
}
