import { IconDownload } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import classes from './drop-zone.module.css'
import { takeDrop } from './sources.ts'

/** Makes the whole window take drops, and shows so while something is held above it. */
export function DropZone() {
  const [above, setAbove] = useState(false)
  useEffect(() => {
    const cancel = new AbortController()
    watchDrops(setAbove, cancel.signal)
    return () => cancel.abort()
  }, [])
  if (!above) return null
  return (
    <div className={classes.zone} role="status">
      <div className={classes.note}>
        <IconDownload size={34} stroke={1.5} aria-hidden />
        Drop to add these files
      </div>
    </div>
  )
}

function watchDrops(setAbove: (above: boolean) => void, signal: AbortSignal): void {
  // Entering a child fires before leaving its parent: only the sum tells whether something is above the window.
  let depth = 0
  const enter = (by: number) => (event: DragEvent) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    depth = Math.max(0, depth + by)
    setAbove(depth > 0)
  }
  const over = (event: DragEvent) => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy'
  }
  const drop = (event: DragEvent) => {
    if (!holdsFiles(event) || !event.dataTransfer) return
    event.preventDefault()
    depth = 0
    setAbove(false)
    takeDrop(event.dataTransfer)
  }
  window.addEventListener('dragenter', enter(1), { signal })
  window.addEventListener('dragleave', enter(-1), { signal })
  window.addEventListener('dragover', over, { signal })
  window.addEventListener('drop', drop, { signal })
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}
