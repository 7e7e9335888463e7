import { Alert } from '@mantine/core'
import { IconMovieOff } from '@tabler/icons-react'
import { useLab } from '../state/lab-store.ts'

/** Says that videos are left out, and how to turn them on. */
export function VideoOff() {
  const video = useLab((lab) => lab.status?.video)
  if (!video || video.available) return null
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconMovieOff size={18} aria-hidden />}
      title="Video is off, videos are left out"
    >
      {video.hint ?? 'No working ffmpeg was found on this computer.'}
    </Alert>
  )
}
