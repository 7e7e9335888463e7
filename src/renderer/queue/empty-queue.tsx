import { Button, Group, Text, Title } from '@mantine/core'
import {
  IconArrowRight,
  IconDevicesPlus,
  IconMicroscope,
  IconMovie,
  IconPhoto,
  IconSparkles
} from '@tabler/icons-react'
import { useState } from 'react'
import { AddButtons } from '../drop/index.ts'
import { useLab } from '../state/lab-store.ts'
import { useView } from '../state/view-store.ts'
import classes from './empty-queue.module.css'
import { convertSample } from './sample.ts'

/** The first start: invites a drop, offers a sample, and names the way to a faster lab. */
export function EmptyQueue() {
  return (
    <section className={classes.screen} aria-label="Queue">
      <div className={classes.invitation}>
        <div className={classes.icons} aria-hidden>
          <IconPhoto size={30} stroke={1.4} />
          <IconMicroscope size={46} stroke={1.3} />
          <IconMovie size={30} stroke={1.4} />
        </div>
        <Title order={1} className={classes.title}>
          Drop slides, photos or videos anywhere in this window
        </Title>
        <Text c="dimmed" maw={520} ta="center">
          Files or whole folders. You see what was recognised and choose the result before anything starts. The
          originals are never changed.
        </Text>
        <Group gap="sm" mt="xs">
          <AddButtons size="md" />
        </Group>
        <SampleButton />
        <Text size="xs" c="dimmed" mt="lg" ta="center">
          SVS, TIFF and BigTIFF, JPEG, PNG, WebP, MP4, MOV and more, told by their content.
        </Text>
      </div>
      <div className={classes.more}>
        <Companion />
        <VideoHint />
      </div>
    </section>
  )
}

function SampleButton() {
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    await convertSample()
    setBusy(false)
  }
  return (
    <Button
      variant="subtle"
      loading={busy}
      leftSection={<IconSparkles size={17} aria-hidden />}
      onClick={() => void start()}
    >
      Try it with a sample
    </Button>
  )
}

function Companion() {
  const others = useLab((lab) => lab.nodes.filter((node) => !node.isSelf).length)
  const show = useView((view) => view.show)
  return (
    <button type="button" className={classes.card} onClick={() => show('nodes')}>
      <IconDevicesPlus size={24} stroke={1.5} aria-hidden />
      <span className={classes.cardText}>
        <strong>{others === 0 ? 'Add another computer' : 'Computers of your lab'}</strong>
        <span>
          {others === 0
            ? 'Start Microtome there and type its six digits here: it then helps with every drop.'
            : `${others} other ${others === 1 ? 'computer helps' : 'computers help'} with every drop.`}
        </span>
      </span>
      <IconArrowRight size={18} stroke={1.6} aria-hidden />
    </button>
  )
}

function VideoHint() {
  const video = useLab((lab) => lab.status?.video)
  if (!video || video.available) return null
  return (
    <div className={classes.card} data-still>
      <IconMovie size={24} stroke={1.5} aria-hidden />
      <span className={classes.cardText}>
        <strong>Video is off on this computer</strong>
        <span>{video.hint ?? 'No working ffmpeg was found.'}</span>
      </span>
    </div>
  )
}
