import { Group, Loader, Radio, Stack, Text, TextInput } from '@mantine/core'
import { IconBroadcast } from '@tabler/icons-react'
import { useLab } from '../../state/lab-store.ts'
import classes from './add-computer.module.css'
import { addressOf, defaultPort, parseAddress, shortAddress } from './address.ts'

/** Which computer to add: one that was found nearby, or an address typed by hand. `value`: what stands in the field. */
export function ChooseComputer({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const wrong = value !== '' && parseAddress(value) === undefined
  return (
    <Stack gap="sm">
      <Nearby value={value} onChange={onChange} />
      <TextInput
        label="Or type its address"
        placeholder={`192.168.1.20:${defaultPort}`}
        description="Name or IP address; the port only where it is not the usual one."
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={wrong && `"${value}" is not an address. Write it like 192.168.1.20 or lab-pc.local:${defaultPort}.`}
        autoComplete="off"
        spellCheck={false}
      />
    </Stack>
  )
}

function Nearby({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const nearby = useLab((lab) => lab.nearby)
  if (nearby.length === 0) return <Searching />
  return (
    <Radio.Group
      label="Computers found on this network"
      description="A computer that is not of the lab tells nothing but a made-up name. It shows that name beside its code."
      value={value}
      onChange={onChange}
    >
      <div className={classes.nearby}>
        {nearby.map((found) => (
          <Radio.Card key={found.instance} value={addressOf(found)} className={classes.found}>
            <Radio.Indicator />
            <IconBroadcast size={20} stroke={1.6} aria-hidden />
            <Text className={classes.grow} truncate fw={500}>
              {found.instance}
            </Text>
            <Text size="sm" c="dimmed" className="tabular">
              {shortAddress(addressOf(found))}
            </Text>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  )
}

function Searching() {
  return (
    <Group wrap="nowrap" className={classes.searching}>
      <Loader size="sm" type="dots" aria-hidden />
      <Text size="sm">
        Looking on this network. A computer is listed once Microtome runs there; some networks forbid this search, then
        type the address.
      </Text>
    </Group>
  )
}
