import { CloseButton, Progress } from '@mantine/core'
import { IconFileUnknown, IconFileUpload } from '@tabler/icons-react'
import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import { formatClock } from '../format/duration.ts'
import { formatBytes, formatPixels, plural } from '../format/quantity.ts'
import { ClippedName, kindWords, Thumbnail } from '../jobs/index.ts'
import { useLab } from '../state/lab-store.ts'
import { leaveOut } from './intake.ts'
import classes from './sheet.module.css'
import { keyOf, type Upload, useSheet } from './sheet-store.ts'
import { estimateWords, scaleWords } from './slide-words.ts'

/** A file that will be converted. */
export function ItemRow({ item }: { item: Recognised }) {
  const videoOff = useLab((lab) => item.kind === 'video' && lab.status?.video.available === false)
  const profile = useSheet((sheet) => sheet.profiles[item.kind])
  const becomes = estimateWords(item, profile)
  const detail = detailOf(item)
  const src = item.thumbnail === undefined ? undefined : `/thumbs/${encodeURIComponent(item.thumbnail)}`
  return (
    <>
      <Thumbnail kind={item.kind} src={src} />
      <span className={classes.text}>
        <span className={classes.name} title={item.path}>
          <ClippedName name={item.name} />
        </span>
        <span className={classes.detail} title={detail}>
          {videoOff ? 'Left out: video is off on this computer' : detail}
        </span>
        {becomes !== undefined && (
          <span className={classes.detail} title={becomes}>
            {becomes}
          </span>
        )}
      </span>
      <CloseButton size="sm" aria-label={`Leave out ${item.name}`} onClick={() => leaveOut(keyOf(item))} />
    </>
  )
}

function detailOf(item: Recognised): string {
  const size =
    item.widthPx !== undefined && item.heightPx !== undefined && `${formatPixels(item.widthPx, item.heightPx)} px`
  const length = item.durationS !== undefined && formatClock(item.durationS)
  const files = item.fileCount !== undefined && plural(item.fileCount, 'file')
  return [kindWords[item.kind], item.format, files, formatBytes(item.sizeBytes), size, ...scaleWords(item), length]
    .filter(Boolean)
    .join(', ')
}

/** A file that can't be converted: why, and what to try. */
export function UnrecognisedRow({ item }: { item: Unrecognised }) {
  const { message, hint } = item.error
  return (
    <>
      <span className={classes.sign}>
        <IconFileUnknown size={20} stroke={1.5} aria-hidden />
      </span>
      <span className={classes.text}>
        <span className={classes.name} title={item.path}>
          <ClippedName name={item.name} />
        </span>
        <span className={classes.reason} title={hint === undefined ? message : `${message} ${hint}`}>
          Left out: {message} {hint}
        </span>
      </span>
    </>
  )
}

/** A file on its way from the browser. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { name, sizeBytes, sentBytes } = upload
  return (
    <>
      <span className={classes.sign}>
        <IconFileUpload size={20} stroke={1.5} aria-hidden />
      </span>
      <span className={classes.text}>
        <span className={classes.name} title={name}>
          <ClippedName name={name} />
        </span>
        <span className={classes.detail}>
          {upload.state === 'sending'
            ? `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}`
            : formatBytes(sizeBytes)}
        </span>
      </span>
      {upload.state === 'sending' && (
        <Progress
          w={110}
          size={6}
          value={sizeBytes === 0 ? 100 : (sentBytes / sizeBytes) * 100}
          aria-label={`Copying ${name}`}
        />
      )}
    </>
  )
}
