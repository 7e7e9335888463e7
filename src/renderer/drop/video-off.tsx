import { Text } from '@mantine/core'
import { IconMovieOff } from '@tabler/icons-react'
import { useLab } from '../state/lab-store.ts'
import classes from './sheet.module.css'

/** Says that videos are left out, and how to turn them on. */
export function VideoOff() {
  const video = useLab((lab) => lab.status?.video)
  if (!video || video.available) return null
  return (
    <div className={classes.notice}>
      <IconMovieOff size={19} stroke={1.7} aria-hidden />
      <div>
        <Text size="sm" fw={600}>
          Video is off, videos are left out
        </Text>
        <Text size="sm">{video.hint ?? 'No working ffmpeg was found on this computer.'}</Text>
      </div>
    </div>
  )
}
