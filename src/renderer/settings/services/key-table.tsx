import { Button, Text } from '@mantine/core'
import type { ApiKey } from '../../../shared/domain/keys.ts'
import { formatMoment } from '../../format/moment.ts'
import { keyName, mayDo } from './key-words.ts'
import classes from './services.module.css'

/** The keys, the oldest first, each with its way out. */
export function KeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  const nowMs = Date.now()
  return (
    <table className={classes.keys} aria-label="Keys">
      <thead>
        <tr>
          <th scope="col">For</th>
          <th scope="col">May</th>
          <th scope="col">Created</th>
          <th scope="col">Last used</th>
          <th scope="col">
            <span className={classes.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row">
              {keyName(key)}
              {key.label !== '' && (
                <Text size="xs" c="dimmed" className={classes.mono}>
                  {key.id}
                </Text>
              )}
            </th>
            <td>{mayDo(key)}</td>
            <td className="tabular">{formatMoment(key.createdAtMs, nowMs)}</td>
            <td className="tabular">
              {key.lastUsedAtMs === undefined ? 'Never' : formatMoment(key.lastUsedAtMs, nowMs)}
            </td>
            <td>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                aria-label={`Revoke ${keyName(key)}`}
                onClick={() => onRevoke(key)}
              >
                Revoke
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
