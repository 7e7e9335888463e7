import { ItemList } from './item-list.tsx'
import classes from './sheet.module.css'
import { SheetFoot } from './sheet-foot.tsx'
import { SheetHead } from './sheet-head.tsx'
import { SheetOptions } from './sheet-options.tsx'

/** What was found, what is to become of it, and the button that starts it. */
export function SheetBody() {
  return (
    <>
      <SheetHead />
      <div className={classes.columns}>
        <ItemList />
        <SheetOptions />
      </div>
      <SheetFoot />
    </>
  )
}
