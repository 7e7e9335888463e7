import { Skeleton, Text } from '@mantine/core'
import { api } from '../../api/client.ts'
import { ProblemNote } from '../../problem/index.ts'
import { ServiceItem } from './service-item.tsx'
import classes from './services.module.css'
import { useAsked } from './use-asked.ts'

const everyMs = 3000
const askServices = () => api.services.list()

/** Each service with its state; looked at anew every few seconds. */
export function ServicesPart() {
  const { value: services, problem } = useAsked(askServices, everyMs)
  return (
    <div className={classes.part}>
      <Text size="sm" c="dimmed">
        Other programs use this computer through its services, over HTTP. They are set up on the command line, or in the
        file servers.config.json in the data folder.
      </Text>
      {problem !== undefined && <ProblemNote problem={problem} />}
      {services === undefined && problem === undefined && <Skeleton height={64} aria-label="Looking at the services" />}
      {services?.length === 0 && <Text size="sm">No service is set up.</Text>}
      {services !== undefined && services.length > 0 && (
        <ul className={classes.services} aria-label="Services of this computer">
          {services.map((service) => (
            <ServiceItem key={service.id} service={service} />
          ))}
        </ul>
      )}
    </div>
  )
}
