import { Progress } from '@mantine/core'
import { formatPercent } from '../format/quantity.ts'
import classes from './viewer.module.css'

/** Says that the slide is not all there yet. */
export function GrowthNote({ progress }: { progress: number }) {
  return (
    <div className={classes.growth}>
      <span>
        <span role="status">Still converting</span>, {formatPercent(progress)}
      </span>
      <Progress w={72} size={5} value={progress * 100} aria-label="Progress of this slide" />
    </div>
  )
}
