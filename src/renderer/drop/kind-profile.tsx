import { Select, UnstyledButton } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useState } from 'react'
import {
  type Kind,
  kindOfProfile,
  type Profile,
  profileName,
  profileNames,
  profiles
} from '../../shared/domain/profiles.ts'
import { IdentityWarning, keepsIdentity, otherFormat, ProfileOptions } from '../profiles/index.ts'
import { useLab } from '../state/lab-store.ts'
import classes from './sheet.module.css'
import { useSheet } from './sheet-store.ts'

const labels: Record<Kind, string> = { slide: 'Slides become', image: 'Images become', video: 'Videos become' }

const identityNote =
  'De-identification is off: the label, the macro image and words that may name a patient go into the results.'

/** The profile for one kind of content, with its options folded away. */
export function KindProfile({ kind }: { kind: Kind }) {
  const profile = useSheet((sheet) => sheet.profiles[kind])
  const videoOff = useLab((lab) => kind === 'video' && lab.status?.video.available === false)
  const [open, setOpen] = useState(false)
  const choose = (chosen: Profile) =>
    useSheet.setState((sheet) => ({ profiles: { ...sheet.profiles, [kind]: chosen } }))
  return (
    <div>
      <Select
        label={labels[kind]}
        allowDeselect={false}
        disabled={videoOff}
        value={profile.name}
        data={profileNames
          .filter((name) => kindOfProfile(name) === kind)
          .map((name) => ({ value: name, label: profiles[name].title }))}
        onChange={(name) => choose(otherFormat(profile, profileName.parse(name)))}
      />
      <UnstyledButton
        className={classes.disclosure}
        aria-expanded={open}
        disabled={videoOff}
        onClick={() => setOpen(!open)}
      >
        <IconAdjustmentsHorizontal size={15} aria-hidden />
        {open ? 'Hide options' : 'Options'}
      </UnstyledButton>
      {open && (
        <ProfileOptions
          key={profile.name}
          profile={profile}
          disabled={videoOff}
          onChange={choose}
          identityNote={identityNote}
        />
      )}
      {!open && keepsIdentity(profile) && (
        <div className={classes.warning}>
          <IdentityWarning>{identityNote}</IdentityWarning>
        </div>
      )}
    </div>
  )
}
