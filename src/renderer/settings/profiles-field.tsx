import { Select, Stack, Text } from '@mantine/core'
import {
  type Kind,
  kindOfProfile,
  kinds,
  type Profile,
  parseProfile,
  profileNames,
  profiles
} from '../../shared/domain/profiles.ts'
import { IdentityWarning, keepsIdentity, otherFormat, ProfileOptions } from '../profiles/index.ts'
import { SettingRow } from './setting-row.tsx'
import classes from './settings.module.css'
import { useSetting } from './use-setting.ts'

const kindWords: Record<Kind, string> = { slide: 'Slides', image: 'Images', video: 'Videos' }

/** The profile that a drop starts with, for each kind. */
export function ProfilesField() {
  const { shown: value, save } = useSetting('profiles')
  return (
    <SettingRow
      settingKey="profiles"
      label="Profiles"
      description="What a drop starts with. It can be changed for each drop."
      group
    >
      {({ disabled }) => (
        <Stack gap="md">
          {kinds.map((kind) => (
            <KindProfile
              key={kind}
              kind={kind}
              profile={value[kind] ?? firstOf(kind)}
              disabled={disabled}
              onChange={(profile) => void save({ ...value, [kind]: profile })}
            />
          ))}
        </Stack>
      )}
    </SettingRow>
  )
}

interface KindProfileProps {
  kind: Kind
  profile: Profile
  disabled: boolean
  onChange: (profile: Profile) => void
}

function KindProfile({ kind, profile, disabled, onChange }: KindProfileProps) {
  const choices = profileNames
    .filter((name) => kindOfProfile(name) === kind)
    .map((name) => ({ value: name, label: profiles[name].title }))
  return (
    <div className={classes.kind}>
      <Select
        label={kindWords[kind]}
        allowDeselect={false}
        disabled={disabled}
        data={choices}
        value={profile.name}
        onChange={(name) => name !== null && onChange(otherFormat(profile, name))}
      />
      <details className={classes.options}>
        <summary>
          <Text span size="sm">
            Options
          </Text>
        </summary>
        <ProfileOptions key={profile.name} profile={profile} disabled={disabled} onChange={onChange} />
      </details>
      {keepsIdentity(profile) && (
        <div className={classes.warning}>
          <IdentityWarning>
            De-identification is off for every drop: the label, the macro image and words that may name a patient go
            into the results.
          </IdentityWarning>
        </div>
      )}
    </div>
  )
}

function firstOf(kind: Kind): Profile {
  const name = profileNames.find((candidate) => kindOfProfile(candidate) === kind)
  if (name === undefined) throw new Error(`No profile takes ${kind}.`)
  return parseProfile(name)
}
