import { scaleBar } from './scale-bar.ts'
import classes from './viewer.module.css'

const roomPx = 180

/** The scale bar of a slide; says so where the slide has no resolution. `cssZoom`: CSS pixels per pixel of the slide. */
export function ScaleBarView({ mpp, cssZoom }: { mpp: number | undefined; cssZoom: number }) {
  const bar = mpp === undefined ? undefined : scaleBar(mpp / cssZoom, roomPx)
  if (mpp === undefined) return <div className={classes.scale}>No scale: the slide names no resolution</div>
  if (bar === undefined) return null
  return (
    <div className={classes.scale} role="img" aria-label={`Scale bar: ${bar.label}`}>
      <span className={classes.scaleLabel}>{bar.label}</span>
      <span className={classes.scaleBar} style={{ width: bar.widthPx }} />
    </div>
  )
}
