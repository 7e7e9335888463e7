import type { ReactNode } from 'react'
import { bridge } from '../api/bridge.ts'
import { About } from './about.tsx'
import { AvailabilityField } from './availability-field.tsx'
import { CheckComputer } from './check-computer.tsx'
import { DestinationField } from './destination-field.tsx'
import { ChoiceField, InterfaceField, ListField, NumberField, SwitchField, TextField } from './fields.tsx'
import { ProfilesField } from './profiles-field.tsx'
import { ServicesSection } from './services/index.ts'

/** A group of settings under its heading. */
export interface Section {
  title: string
  content: ReactNode
}

/** Element id of a section's heading. */
export function headingId(title: string): string {
  return `section-${title.toLowerCase().replaceAll(' ', '-')}`
}

/** All settings in the order in which people look for them. */
export const sections: readonly Section[] = [
  { title: 'This computer', content: <ThisComputer /> },
  { title: 'Work for the lab', content: <Work /> },
  { title: 'Folders and profiles', content: <Folders /> },
  { title: 'Lab', content: <Lab /> },
  { title: 'Network', content: <Network /> },
  { title: 'Services', content: <ServicesSection /> },
  { title: 'Tools', content: <Tools /> },
  { title: 'Advanced', content: <Advanced /> },
  { title: 'About', content: <About /> }
]

function ThisComputer() {
  return (
    <>
      <TextField settingKey="name" label="Name" description="What people and the paired computers call this one." />
      {bridge && (
        <SwitchField
          settingKey="startAtLogin"
          label="Start at login"
          description="Starts hidden in the tray when you log in, so that this computer is there for the lab."
        />
      )}
      <ChoiceField
        settingKey="appearance"
        label="Appearance"
        description="Colours of this window."
        choices={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' }
        ]}
      />
    </>
  )
}

function Work() {
  return (
    <>
      <AvailabilityField />
      <SwitchField
        settingKey="localWork"
        label="Own work"
        description="Whether this computer converts anything itself. Off, it only hands work to others."
      />
      <NumberField
        settingKey="slots"
        label="Tasks at once"
        description="Slots: how many conversions run here side by side."
        min={1}
      />
      <NumberField
        settingKey="threads"
        label="Processor threads"
        description="Divided among the tasks that run. Fewer leave more for your own work."
        min={1}
      />
    </>
  )
}

function Folders() {
  return (
    <>
      <DestinationField />
      <TextField
        settingKey="namePattern"
        label="Names of results"
        description="{name} is the source’s name, {index} counts within a drop, {hash} comes from the content."
      />
      <ProfilesField />
    </>
  )
}

function Lab() {
  return (
    <>
      <NumberField
        settingKey="keepFinishedDays"
        label="Keep finished jobs"
        description="Then they leave the list. Results stay where they are."
        suffix="days"
        min={0}
      />
      <SwitchField
        settingKey="shareFileNames"
        label="Share file names"
        description="Other computers see the names of the files that they convert. Off, they see a number only."
      />
    </>
  )
}

function Network() {
  return (
    <>
      <NumberField
        settingKey="port"
        label="Port"
        description="Other computers connect to it. 0 picks a free one at each start."
        min={0}
      />
      <TextField
        settingKey="host"
        label="Listen on"
        description="Address of this computer that others connect to; 0.0.0.0 is every one."
      />
      <InterfaceField label="Search for computers on" description="Where this computer looks for others of the lab." />
      <ListField
        settingKey="peers"
        placeholder="192.168.1.20:47800"
        label="Further computers"
        description="Addresses to connect to besides those found, as host:port. Enter adds one."
      />
    </>
  )
}

function Tools() {
  return (
    <>
      <TextField
        settingKey="ffmpegPath"
        label="FFmpeg"
        description="Converts videos. Left empty, it is looked for on this computer."
        placeholder="Found by itself"
      />
      <TextField
        settingKey="ffprobePath"
        label="ffprobe"
        description="Reads and checks videos; it comes with FFmpeg."
        placeholder="Found by itself"
      />
      <TextField
        settingKey="openslidePath"
        label="OpenSlide"
        description="The library that reads NDPI, MRXS, SCN, VMS and further slides. Left empty, it is looked for on this computer."
        placeholder="Found by itself"
      />
      <CheckComputer />
    </>
  )
}

function Advanced() {
  return (
    <>
      <NumberField
        settingKey="uploadLimitBytes"
        label="Largest upload"
        description="The largest file that a browser may send to this computer."
        suffix="GiB"
        unit={2 ** 30}
        decimals={1}
        min={0}
      />
      <NumberField
        settingKey="uiPort"
        label="Port of this page"
        description="On this computer only (127.0.0.1). 0 picks a free one at each start."
        min={0}
      />
      <ChoiceField
        settingKey="logLevel"
        label="Log"
        description="How much the log file says. File names appear at Everything only."
        choices={[
          { value: 'error', label: 'Errors' },
          { value: 'warn', label: 'Warnings' },
          { value: 'info', label: 'Normal' },
          { value: 'debug', label: 'Everything' }
        ]}
      />
    </>
  )
}
