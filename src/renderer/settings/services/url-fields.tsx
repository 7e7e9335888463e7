import { ListField, NumberField } from '../fields.tsx'

/** What jobs by URL may fetch, and how long their results are kept. */
export function UrlFields() {
  return (
    <>
      <ListField
        settingKey="urlHosts"
        placeholder="*.example.org"
        label="Hosts of jobs by URL"
        description="Where other programs may have files fetched from and results sent to. Left empty, every host."
      />
      <NumberField
        settingKey="urlLimitBytes"
        label="Largest file by URL"
        description="A larger one is not fetched, and its job fails."
        suffix="GiB"
        unit={2 ** 30}
        decimals={1}
        min={0}
      />
      <NumberField
        settingKey="urlTimeoutS"
        label="Time for a file by URL"
        description="How long fetching or sending one file may take."
        suffix="hours"
        unit={3600}
        decimals={2}
        min={0}
      />
      <NumberField
        settingKey="keepResultsDays"
        label="Keep results of jobs by URL"
        description="Results that other programs fetch from this computer are deleted so long after their job."
        suffix="days"
        min={0}
      />
    </>
  )
}
