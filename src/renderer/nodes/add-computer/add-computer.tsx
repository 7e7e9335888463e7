import { ActionIcon, Group, Modal, Text, UnstyledButton } from '@mantine/core'
import { IconArrowLeft, IconChevronRight, IconKeyboard, IconPassword, type TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import classes from './add-computer.module.css'
import { ShowCode } from './show-code.tsx'
import { TypeCode } from './type-code.tsx'

type Side = 'choose' | 'type' | 'show'

const titles: Record<Side, string> = {
  choose: 'Add another computer',
  type: 'Type the code of another computer',
  show: 'Show a code on this computer'
}

/** The two sides of pairing: one computer shows six digits, they are typed at the other. */
export function AddComputer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [side, setSide] = useState<Side>('choose')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => setSide('choose')}
      size={560}
      centered
      styles={{ title: { fontWeight: 600 } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      title={
        <Group gap="xs">
          {side !== 'choose' && (
            <ActionIcon variant="subtle" color="gray" aria-label="Back" onClick={() => setSide('choose')}>
              <IconArrowLeft size={18} aria-hidden />
            </ActionIcon>
          )}
          {titles[side]}
        </Group>
      }
    >
      <Content side={side} onSide={setSide} onClose={onClose} />
    </Modal>
  )
}

function Content({ side, onSide, onClose }: { side: Side; onSide: (side: Side) => void; onClose: () => void }) {
  switch (side) {
    case 'choose':
      return <Choice onSide={onSide} />
    case 'type':
      return <TypeCode onClose={onClose} />
    case 'show':
      return <ShowCode onClose={onClose} />
  }
}

function Choice({ onSide }: { onSide: (side: Side) => void }) {
  return (
    <div className={classes.choices}>
      <Text c="dimmed">
        Both computers need Microtome and the same network. One shows six digits, the other has them typed in.
      </Text>
      <ChoiceButton
        icon={IconKeyboard}
        title={titles.type}
        text="You see six digits on the other computer and type them here. It then works for the lab of this one."
        onClick={() => onSide('type')}
      />
      <ChoiceButton
        icon={IconPassword}
        title={titles.show}
        text="This computer shows six digits and you type them on the other. This one then works for the lab of the other."
        onClick={() => onSide('show')}
      />
    </div>
  )
}

function ChoiceButton(props: { icon: TablerIcon; title: string; text: string; onClick: () => void }) {
  const { icon: Icon } = props
  return (
    <UnstyledButton className={classes.choice} onClick={props.onClick}>
      <Icon size={30} stroke={1.5} aria-hidden className={classes.choiceIcon} />
      <span className={classes.grow}>
        <Text component="span" display="block" fw={600}>
          {props.title}
        </Text>
        <Text component="span" display="block" size="sm" c="dimmed">
          {props.text}
        </Text>
      </span>
      <IconChevronRight size={18} aria-hidden />
    </UnstyledButton>
  )
}
