import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { ProblemNote } from '../problem/index.ts'
import { useLab } from '../state/lab-store.ts'
import { loadSettings, useSettings } from '../state/settings-store.ts'
import { SectionList } from './section-list.tsx'
import { headingId, sections } from './sections.tsx'
import classes from './settings.module.css'

/** Every setting that a person may change; each is saved at once. */
export function SettingsScreen() {
  const scroller = useRef<HTMLDivElement>(null)
  const live = useLab((lab) => lab.connection === 'live')
  const loaded = useSettings((settings) => settings.values !== undefined)
  useEffect(() => {
    if (live) void loadSettings()
  }, [live])
  return (
    <div className={classes.screen} ref={scroller}>
      <header className={classes.head}>
        <Title order={1}>Settings</Title>
        <Text c="dimmed">Each change is saved at once.</Text>
      </header>
      <SectionList scroller={scroller} />
      <div className={classes.sections}>
        <FileProblem />
        {loaded ? <Sections /> : <Loading />}
      </div>
    </div>
  )
}

function Sections() {
  return sections.map(({ title, content }) => (
    <section key={title} className={classes.section} aria-labelledby={headingId(title)}>
      <Title order={2} id={headingId(title)} tabIndex={-1}>
        {title}
      </Title>
      <div className={classes.panel}>{content}</div>
    </section>
  ))
}

function FileProblem() {
  const error = useLab((lab) => lab.status?.configError)
  if (error === undefined) return null
  return (
    <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />} title="The configuration file is wrong">
      {error.message} {error.hint} Until it is mended, the last good one is in force.
    </Alert>
  )
}

function Loading() {
  const problem = useSettings((settings) => settings.loadProblem)
  if (problem === undefined) return <Skeleton height={420} radius="lg" aria-label="Reading the settings" />
  return (
    <Stack align="flex-start">
      <ProblemNote problem={problem} />
      <Button variant="default" onClick={() => void loadSettings()}>
        Try again
      </Button>
    </Stack>
  )
}
