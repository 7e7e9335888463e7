import { Loader, Progress, Text } from '@mantine/core'
import { useMemo } from 'react'
import { formatBytes, formatPercent, plural } from '../format/quantity.ts'
import classes from './sheet.module.css'
import { countKinds, isBusy, totalsOf, useSheet } from './sheet-store.ts'

/** One line of what was found so far, and how far the copying is where a browser copies. */
export function SheetHead() {
  const items = useSheet((sheet) => sheet.items)
  const unrecognised = useSheet((sheet) => sheet.unrecognised.length)
  const uploads = useSheet((sheet) => sheet.uploads)
  const busy = useSheet(isBusy)
  const counts = useMemo(() => countKinds(items), [items])
  const totals = useMemo(() => totalsOf(uploads), [uploads])
  const parts = [
    counts.slide > 0 && plural(counts.slide, 'slide'),
    counts.image > 0 && plural(counts.image, 'image'),
    counts.video > 0 && plural(counts.video, 'video'),
    unrecognised > 0 && `${plural(unrecognised, 'file')} left out`
  ].filter(Boolean)
  const copying = totals.sentBytes < totals.sizeBytes
  return (
    <div className={classes.head}>
      <Text className="tabular" role="status" fw={500}>
        {parts.join(', ') || (busy ? 'Looking at what was dropped' : 'Nothing here')}
      </Text>
      {busy && !copying && <Loader size={16} role="status" aria-label="Looking at files" />}
      {copying && (
        <div className={classes.copying}>
          <Progress
            value={(totals.sentBytes / totals.sizeBytes) * 100}
            size={6}
            flex={1}
            aria-label="Copying to this computer"
          />
          <Text size="sm" c="dimmed" className="tabular">
            {`Copying ${totals.sent} of ${totals.count}, ${formatBytes(totals.sentBytes)} of ${formatBytes(totals.sizeBytes)} (${formatPercent(totals.sentBytes / totals.sizeBytes)})`}
          </Text>
        </div>
      )}
    </div>
  )
}
