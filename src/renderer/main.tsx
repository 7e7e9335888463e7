import { MantineProvider } from '@mantine/core'
import '@mantine/core/styles.css'
import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import './app/global.css'
import { resolveVariables, theme } from './app/theme.ts'
import { fetchLateParts } from './late/index.ts'
import { followLab } from './state/lab-sync.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element "root".')

followLab()
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={resolveVariables}>
      <Notifications position="bottom-right" />
      <App />
    </MantineProvider>
  </StrictMode>
)
fetchLateParts()
