import { Loader } from '@mantine/core'
import { useRef } from 'react'
import { type Growth, useGrowth } from './growth.ts'
import { GrowthNote } from './growth-note.tsx'
import type { SlideScale } from './magnification.ts'
import { NothingToShow } from './nothing-to-show.tsx'
import { ScaleBarView } from './scale-bar-view.tsx'
import type { ZoomSource } from './tile-source.ts'
import { useDeepZoom } from './use-deep-zoom.ts'
import { useZoomKeys } from './use-zoom-keys.ts'
import classes from './viewer.module.css'
import { ZoomControls } from './zoom-controls.tsx'

interface ZoomViewProps {
  source: ZoomSource
  scale: SlideScale
  withScaleBar?: boolean
  /** Where the picture is still being made, or was when it was opened. */
  growth?: Growth | undefined
}

/** A slide or an image to move about in, with a map of it, buttons, scale bar and magnification. */
export function ZoomView({ source, scale, withScaleBar = false, growth }: ZoomViewProps) {
  const canvas = useRef<HTMLDivElement>(null)
  const map = useRef<HTMLDivElement>(null)
  const { state, view, zoom } = useDeepZoom(canvas, map, source, growth?.preview)
  useZoomKeys(zoom)
  useGrowth(growth, zoom)
  if (state === 'failed')
    return (
      <NothingToShow
        why="The result could not be read."
        hint="It may have been moved or deleted since. Retry the job to make it again."
      />
    )
  return (
    <div className={classes.zoom}>
      <div ref={canvas} className={classes.canvas} />
      <div ref={map} className={classes.map} data-shown={state === 'open' || undefined} aria-hidden />
      {state === 'loading' && <Loader className={classes.loader} role="status" aria-label="Opening" />}
      {growth?.progress !== undefined && <GrowthNote progress={growth.progress} />}
      {view !== undefined && (
        <>
          {withScaleBar && <ScaleBarView mpp={scale.mpp} cssZoom={view.cssZoom} />}
          <ZoomControls zoom={zoom} view={view} scale={scale} />
        </>
      )}
    </div>
  )
}
