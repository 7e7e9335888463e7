import { NumberInput, SegmentedControl, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { SettingKey, Settings } from '../../shared/settings.ts'
import { SettingRow } from './setting-row.tsx'
import { useSetting } from './use-setting.ts'

/** Keys whose value is of type `V`. */
type KeyOf<V> = { [K in SettingKey]: [Settings[K]] extends [V] ? K : never }[SettingKey]

interface FieldProps<K extends SettingKey> {
  settingKey: K
  label: string
  description: ReactNode
}

/** What stands in a field while somebody types; follows the setting when that changes. */
function useDraft<V>(value: V): [V, (draft: V) => void] {
  const [draft, setDraft] = useState({ of: value, value })
  if (draft.of !== value) setDraft({ of: value, value })
  return [draft.of === value ? draft.value : value, (next) => setDraft({ of: value, value: next })]
}

interface TextFieldProps extends FieldProps<KeyOf<string | undefined>> {
  placeholder?: string
  /** Buttons beside the field, such as one that browses. */
  beside?: (disabled: boolean) => ReactNode
}

/** A line of text; saved on Enter or when it is left. Emptied, the key leaves the file. */
export function TextField({ settingKey, placeholder, beside, ...row }: TextFieldProps) {
  const { value, save } = useSetting(settingKey)
  const [draft, setDraft] = useDraft(value ?? '')
  const commit = () => {
    const typed = draft.trim()
    if (typed !== (value ?? '')) void save(typed === '' ? null : typed)
  }
  return (
    <SettingRow settingKey={settingKey} {...row}>
      {(control) => (
        <div style={{ display: 'flex', gap: 8 }}>
          <TextInput
            {...control}
            style={{ flex: 1 }}
            value={draft}
            placeholder={placeholder ?? ''}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setDraft(event.currentTarget.value)}
            onBlur={commit}
            onKeyDown={(event) => event.key === 'Enter' && commit()}
          />
          {beside?.(control.disabled)}
        </div>
      )}
    </SettingRow>
  )
}

interface NumberFieldProps extends FieldProps<KeyOf<number>> {
  suffix?: string
  min: number
  /** How many of the setting's unit make one of the unit shown. */
  unit?: number
  decimals?: number
}

/** A number; saved on Enter or when it is left. What is out of bounds is refused by the engine, with its reason. */
export function NumberField({ settingKey, suffix, min, unit = 1, decimals = 0, ...row }: NumberFieldProps) {
  const { value, save } = useSetting(settingKey)
  const shown = Number((value / unit).toFixed(decimals))
  const [draft, setDraft] = useDraft<number | string>(shown)
  const commit = () => {
    if (draft === '') void save(null)
    else if (Number(draft) !== shown) void save(Math.round(Number(draft) * unit))
  }
  return (
    <SettingRow settingKey={settingKey} {...row}>
      {(control) => (
        <NumberInput
          {...control}
          w={180}
          value={draft}
          min={min}
          clampBehavior="none"
          decimalScale={decimals}
          suffix={suffix === undefined ? '' : ` ${suffix}`}
          onChange={setDraft}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      )}
    </SettingRow>
  )
}

/** On or off; saved at once. */
export function SwitchField({ settingKey, ...row }: FieldProps<KeyOf<boolean>>) {
  const { shown, save } = useSetting(settingKey)
  return (
    <SettingRow settingKey={settingKey} {...row}>
      {(control) => (
        <Switch {...control} size="md" checked={shown} onChange={(event) => void save(event.currentTarget.checked)} />
      )}
    </SettingRow>
  )
}

interface ChoiceFieldProps<K extends 'appearance' | 'logLevel'> extends FieldProps<K> {
  choices: { value: Settings[K]; label: string }[]
}

/** One of a few words side by side; saved at once. */
export function ChoiceField<K extends 'appearance' | 'logLevel'>(props: ChoiceFieldProps<K>) {
  const { settingKey, choices, ...row } = props
  const { shown, save } = useSetting(settingKey)
  const choose = (word: string) => {
    const choice = choices.find((one) => one.value === word)
    if (choice !== undefined) void save(choice.value)
  }
  return (
    <SettingRow settingKey={settingKey} group {...row}>
      {(control) => (
        <SegmentedControl
          data={choices}
          value={shown}
          onChange={choose}
          disabled={control.disabled}
          aria-labelledby={`${control.id}-label`}
        />
      )}
    </SettingRow>
  )
}

/** One network interface, all, or none; the field takes any name, because the engine knows which there are. */
export function InterfaceField(props: Omit<FieldProps<'interface'>, 'settingKey'>) {
  const { value, save } = useSetting('interface')
  const mode = value === 'all' || value === 'none' ? value : 'one'
  const [naming, setNaming] = useState(false)
  const choose = (chosen: string | null) => {
    setNaming(chosen === 'one')
    if (chosen === 'all' || chosen === 'none') void save(chosen)
  }
  return (
    <SettingRow settingKey="interface" {...props}>
      {(control) => (
        <div style={{ display: 'grid', gap: 8 }}>
          <Select
            {...control}
            allowDeselect={false}
            data={[
              { value: 'all', label: 'All networks' },
              { value: 'none', label: 'No search; only addresses typed by hand' },
              { value: 'one', label: 'One network interface' }
            ]}
            value={naming ? 'one' : mode}
            onChange={choose}
          />
          {(naming || mode === 'one') && (
            <TextInput
              aria-label="Name of the network interface"
              placeholder="eth0"
              disabled={control.disabled}
              defaultValue={mode === 'one' ? value : ''}
              onBlur={(event) => {
                const name = event.currentTarget.value.trim()
                if (name !== '' && name !== value) void save(name)
              }}
            />
          )}
        </div>
      )}
    </SettingRow>
  )
}

interface ListFieldProps extends FieldProps<'peers' | 'urlHosts'> {
  placeholder: string
}

/** A list of texts; each is saved as it is added or taken away. What is none of them is refused by the engine, with its reason. */
export function ListField({ settingKey, placeholder, ...row }: ListFieldProps) {
  const { shown, save } = useSetting(settingKey)
  return (
    <SettingRow settingKey={settingKey} {...row}>
      {(control) => (
        <TagsInput
          {...control}
          value={shown}
          placeholder={shown.length === 0 ? placeholder : ''}
          onChange={(list) => void save(list)}
          clearable
          clearButtonProps={{ 'aria-label': 'Remove all' }}
          acceptValueOnBlur
        />
      )}
    </SettingRow>
  )
}
