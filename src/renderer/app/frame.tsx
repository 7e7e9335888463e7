import type { ReactNode } from 'react'
import { Banners } from './banners.tsx'
import classes from './frame.module.css'
import { Header } from './header.tsx'
import { Navigation } from './navigation.tsx'

/** Navigation on the left, the screen beside it. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <Navigation />
      <div className={classes.side}>
        <Header />
        <Banners />
        <main className={classes.main}>{children}</main>
      </div>
    </div>
  )
}
