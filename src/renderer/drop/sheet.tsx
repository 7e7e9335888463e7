import { Modal, Title } from '@mantine/core'
import { latePart } from '../late/index.ts'
import { discard } from './intake.ts'
import classes from './sheet.module.css'
import { useSheet } from './sheet-store.ts'

const SheetBody = latePart(async () => (await import('./sheet-body.tsx')).SheetBody)

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
      <SheetBody />
    </Modal>
  )
}
