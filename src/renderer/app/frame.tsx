import type { ReactNode } from 'react'
import classes from './frame.module.css'
import { Navigation } from './navigation.tsx'

/** Navigation on the left, the screen beside it. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <Navigation />
      <main className={classes.main}>{children}</main>
    </div>
  )
}
