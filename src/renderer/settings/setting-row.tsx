import { Anchor, Group, Text } from '@mantine/core'
import { IconCheck, IconLock, IconRotateClockwise } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { restartKeys, type SettingKey } from '../../shared/settings.ts'
import { useSettings } from '../state/settings-store.ts'
import classes from './settings.module.css'
import { useSetting } from './use-setting.ts'

/** What a control needs to belong to its row. */
export interface ControlProps {
  id: string
  disabled: boolean
  'aria-describedby': string
  'aria-invalid': boolean
}

interface SettingRowProps {
  settingKey: SettingKey
  label: string
  description: ReactNode
  children: (control: ControlProps) => ReactNode
  /** The control is a group of fields, named by the row instead of labelled by it. */
  group?: boolean
}

/** One setting: what it is on the left, its control on the right, below it where its value comes from or what is wrong. */
export function SettingRow({ settingKey, label, description, children, group = false }: SettingRowProps) {
  const setting = useSetting(settingKey)
  const id = `setting-${settingKey}`
  const noteId = `${id}-note`
  const control = {
    id,
    disabled: setting.locked !== undefined,
    'aria-describedby': noteId,
    'aria-invalid': setting.problem !== undefined
  }
  const Label = group ? 'span' : 'label'
  return (
    <div className={classes.row} {...(group ? { role: 'group', 'aria-labelledby': `${id}-label` } : {})}>
      <div>
        <Group gap={8} mih={20}>
          <Label id={`${id}-label`} className={classes.label} {...(group ? {} : { htmlFor: id })}>
            {label}
          </Label>
          <SavedMark settingKey={settingKey} />
        </Group>
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      </div>
      <div className={classes.control}>
        {children(control)}
        <div id={noteId} className={classes.notes}>
          <Notes settingKey={settingKey} label={label} />
        </div>
      </div>
    </div>
  )
}

function Notes({ settingKey, label }: { settingKey: SettingKey; label: string }) {
  const { locked, origin, problem, save } = useSetting(settingKey)
  const waits = useSettings((settings) => settings.waiting.includes(settingKey))
  return (
    <>
      {problem !== undefined && (
        <Text size="sm" className={classes.problem} role="alert">
          {problem.message} {problem.hint}
        </Text>
      )}
      {waits && (
        <Text size="sm" className={classes.waits}>
          <IconRotateClockwise size={14} aria-hidden /> Saved. Acts once Microtome is started again.
        </Text>
      )}
      {!waits && locked === undefined && restartKeys.some((key) => key === settingKey) && (
        <Text size="sm" c="dimmed">
          A change acts at the next start.
        </Text>
      )}
      {locked !== undefined && (
        <Text size="sm" c="dimmed" className={classes.waits}>
          <IconLock size={14} aria-hidden /> {locked}
        </Text>
      )}
      {origin === 'file' && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          c="dimmed"
          underline="always"
          onClick={() => void save(null)}
          aria-label={`Use the default for ${label}`}
        >
          Use the default
        </Anchor>
      )}
    </>
  )
}

const shownMs = 2500

/** Says "Saved" for a moment after each save; its room is always kept. */
function SavedMark({ settingKey }: { settingKey: SettingKey }) {
  const saves = useSettings((settings) => settings.saves[settingKey] ?? 0)
  const [seen, setSeen] = useState(saves)
  useEffect(() => {
    if (saves === seen) return
    const timer = setTimeout(() => setSeen(saves), shownMs)
    return () => clearTimeout(timer)
  }, [saves, seen])
  return (
    <span role="status" className={classes.saved}>
      {saves !== seen && (
        <>
          <IconCheck size={14} aria-hidden /> Saved
        </>
      )}
    </span>
  )
}
