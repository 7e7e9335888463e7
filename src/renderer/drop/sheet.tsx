import { Modal, Title } from '@mantine/core'
import { discard } from './intake.ts'
import { ItemList } from './item-list.tsx'
import classes from './sheet.module.css'
import { SheetFoot } from './sheet-foot.tsx'
import { SheetHead } from './sheet-head.tsx'
import { SheetOptions } from './sheet-options.tsx'
import { useSheet } from './sheet-store.ts'

/** What a drop opens: what was recognised, what is to become of it, and one button that starts it. */
export function Sheet() {
  const opened = useSheet((sheet) => sheet.opened)
  return (
    <Modal
      opened={opened}
      onClose={discard}
      size={1080}
      centered
      padding={0}
      closeOnClickOutside={false}
      title={<Title order={2}>Convert</Title>}
      closeButtonProps={{ 'aria-label': 'Close without starting' }}
      classNames={{ header: classes.header, body: classes.body, content: classes.content }}
      transitionProps={{ duration: 100 }}
    >
      <SheetHead />
      <div className={classes.columns}>
        <ItemList />
        <SheetOptions />
      </div>
      <SheetFoot />
    </Modal>
  )
}
