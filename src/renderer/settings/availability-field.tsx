import { Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Availability } from '../../shared/settings.ts'
import { SettingRow } from './setting-row.tsx'
import { useSetting } from './use-setting.ts'

const usualHours = { mode: 'hours', from: '18:00', to: '07:00' } as const

/** When this computer works for the lab: always, on mains, or between two times of day. */
export function AvailabilityField() {
  const { shown: value, save } = useSetting('availability')
  const choose = (mode: string) => {
    if (mode === 'hours') void save(usualHours)
    if (mode === 'always' || mode === 'on-mains') void save({ mode })
  }
  return (
    <SettingRow
      settingKey="availability"
      label="Available to the lab"
      description="When other computers may send work here. While available, this computer is kept awake, so that an evening's drop finds it."
      group
    >
      {(control) => (
        <Radio.Group value={value.mode} onChange={choose} aria-labelledby={`${control.id}-label`}>
          <Stack gap="xs">
            <Radio value="always" label="Always" disabled={control.disabled} />
            <Radio value="on-mains" label="While on mains power" disabled={control.disabled} />
            <Radio value="hours" label="Between two times of day" disabled={control.disabled} />
            {value.mode === 'hours' && <Hours value={value} save={save} disabled={control.disabled} />}
          </Stack>
        </Radio.Group>
      )}
    </SettingRow>
  )
}

type HoursValue = Extract<Availability, { mode: 'hours' }>

interface HoursProps {
  value: HoursValue
  save: (value: Availability) => Promise<boolean>
  disabled: boolean
}

function Hours({ value, save, disabled }: HoursProps) {
  const [draft, setDraft] = useState(value)
  const commit = () => {
    if (draft.from !== value.from || draft.to !== value.to) void save(draft)
  }
  return (
    <Group gap="xs" pl={32} onBlur={commit}>
      <TextInput
        type="time"
        aria-label="From"
        disabled={disabled}
        value={draft.from}
        onChange={(event) => setDraft({ ...draft, from: event.currentTarget.value })}
      />
      <Text size="sm">to</Text>
      <TextInput
        type="time"
        aria-label="To"
        disabled={disabled}
        value={draft.to}
        onChange={(event) => setDraft({ ...draft, to: event.currentTarget.value })}
      />
      {draft.from > draft.to && (
        <Text size="sm" c="dimmed">
          over midnight
        </Text>
      )}
    </Group>
  )
}
