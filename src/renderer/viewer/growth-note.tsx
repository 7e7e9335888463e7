import { Loader } from '@mantine/core'
import { formatPercent } from '../format/quantity.ts'
import classes from './viewer.module.css'

/** Says that the slide is not all there yet. */
export function GrowthNote({ progress }: { progress: number }) {
  return (
    <div className={classes.growth}>
      <Loader size={14} aria-hidden />
      <span>
        <span role="status">Still converting</span>, {formatPercent(progress)}
      </span>
    </div>
  )
}
