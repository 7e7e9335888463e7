import { ActionIcon, CopyButton, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react'
import type { ServiceState } from '../../../shared/domain/services.ts'
import { insteadOfAddresses, serviceLook, statsInShort, whatToDo } from './service-words.ts'
import classes from './services.module.css'

/** One service: its state in a word, where it answers, what it did so far; where it failed, why and what to do. */
export function ServiceItem({ service }: { service: ServiceState }) {
  const { word, tone, icon: Icon } = serviceLook(service.state)
  return (
    <li className={classes.service} data-state={service.state}>
      <div className={classes.serviceHead}>
        <h3 className={classes.serviceName}>{service.name}</h3>
        <span className={classes.badge} data-tone={tone}>
          <Icon size={14} aria-hidden />
          {word}
        </span>
      </div>
      <Addresses service={service} />
      {service.state === 'failed' && <Failure service={service} />}
      <Figures service={service} />
    </li>
  )
}

function Addresses({ service }: { service: ServiceState }) {
  const instead = insteadOfAddresses(service)
  const answers = instead === undefined && service.state !== 'failed'
  return (
    <>
      {instead !== undefined && (
        <Text size="sm" c="dimmed">
          {instead}
        </Text>
      )}
      {answers && service.urls.map((url) => <Address key={url} url={url} />)}
      {service.domains.length > 0 && (
        <Text size="sm" c="dimmed">
          For {service.domains.join(', ')}
        </Text>
      )}
    </>
  )
}

function Address({ url }: { url: string }) {
  return (
    <div className={classes.address}>
      <span className={classes.mono}>{url}</span>
      <CopyButton value={url} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={copied ? `Copied ${url}` : `Copy ${url}`}
            onClick={copy}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  )
}

function Failure({ service }: { service: ServiceState }) {
  return (
    <div className={classes.failure}>
      <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
      <div>
        <Text size="sm" fw={600}>
          {service.reason ?? 'It did not say why.'}
        </Text>
        <Text size="sm">{whatToDo(service)}</Text>
      </div>
    </div>
  )
}

function Figures({ service: { stats } }: { service: ServiceState }) {
  const figures = statsInShort(stats ?? {})
  if (figures.length === 0) return null
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="tabular">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
