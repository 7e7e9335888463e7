import classes from './clipped-name.module.css'

/** Long names differ at their end as often as at their start: the middle gives way. */
const tailLength = 12

/** A file's name on one line; where it doesn't fit, its end stays in sight. */
export function ClippedName({ name }: { name: string }) {
  const cut = Math.max(0, name.length - tailLength)
  return (
    <span className={classes.whole}>
      <span className={classes.head}>{name.slice(0, cut)}</span>
      <span className={classes.tail}>{name.slice(cut)}</span>
    </span>
  )
}
