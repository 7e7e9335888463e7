import { Button, Center, Code, Stack, Text, Title } from '@mantine/core'
import { Component, type ReactNode } from 'react'

interface State {
  failure: Error | undefined
}

/** Shows a sentence and a way on where a screen broke, instead of an empty window; the queue works on meanwhile. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failure: undefined }

  static getDerivedStateFromError(error: unknown): State {
    return { failure: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    if (!this.state.failure) return this.props.children
    return (
      <Center h="100%" p="xl">
        <Stack maw={480} gap="md" align="flex-start">
          <Title order={2}>This screen could not be shown</Title>
          <Text c="dimmed">
            Conversions go on. Show it again; if it stays this way, send the line below to support.
          </Text>
          <Code block>{this.state.failure.message}</Code>
          <Button onClick={() => this.setState({ failure: undefined })}>Show it again</Button>
        </Stack>
      </Center>
    )
  }
}
