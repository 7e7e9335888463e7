import { IconUserExclamation } from '@tabler/icons-react'
import classes from './identity-warning.module.css'

/** Says that de-identification is off, where that was chosen and wherever its result is shown. */
export function IdentityWarning({ children }: { children: string }) {
  return (
    <div className={classes.warning} role="note" aria-label="Not de-identified">
      <IconUserExclamation size={20} stroke={1.6} aria-hidden />
      <span>{children}</span>
    </div>
  )
}
