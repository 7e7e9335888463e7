import { UnstyledButton } from '@mantine/core'
import { type RefObject, useEffect, useState } from 'react'
import { headingId, sections } from './sections.tsx'
import classes from './settings.module.css'

/** The sections beside the settings; marks the one that is being read, and leads to each. */
export function SectionList({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const current = useCurrentSection(scroller)
  return (
    <nav className={classes.list} aria-label="Sections">
      {sections.map(({ title }) => (
        <UnstyledButton
          key={title}
          className={classes.entry}
          aria-current={title === current || undefined}
          onClick={() => goTo(title)}
        >
          {title}
        </UnstyledButton>
      ))}
    </nav>
  )
}

function goTo(title: string): void {
  const heading = document.getElementById(headingId(title))
  heading?.scrollIntoView({ block: 'start' })
  heading?.focus({ preventScroll: true })
}

// A heading counts as reached a little before it touches the top.
const reachedPx = 140

function useCurrentSection(scroller: RefObject<HTMLElement | null>): string | undefined {
  const [current, setCurrent] = useState(sections[0]?.title)
  useEffect(() => {
    const element = scroller.current
    const onScroll = () => element && setCurrent(currentSection(element))
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [scroller])
  return current
}

function currentSection(scroller: HTMLElement): string | undefined {
  const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2
  if (atEnd) return sections.at(-1)?.title
  const top = scroller.getBoundingClientRect().top
  const reached = sections.filter(({ title }) => {
    const heading = document.getElementById(headingId(title))
    return heading !== null && heading.getBoundingClientRect().top - top <= reachedPx
  })
  return (reached.at(-1) ?? sections[0])?.title
}
