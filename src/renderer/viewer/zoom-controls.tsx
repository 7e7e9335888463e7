import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconMaximize,
  IconMinus,
  IconPlus,
  IconRotate,
  IconRotateClockwise,
  IconZoomScan,
  type TablerIcon
} from '@tabler/icons-react'
import type { ZoomView } from './deep-zoom.ts'
import { magnificationSteps, type SlideScale, zoomLabel } from './magnification.ts'
import type { ZoomCommands } from './use-deep-zoom.ts'
import classes from './viewer.module.css'

interface ZoomControlsProps {
  zoom: ZoomCommands
  view: ZoomView
  scale: SlideScale
}

/** Buttons that zoom and turn, and the magnification, which opens the list of those to jump to. */
export function ZoomControls({ zoom, view, scale }: ZoomControlsProps) {
  return (
    <div className={classes.controls} role="toolbar" aria-label="Zoom">
      <ZoomButton icon={IconMinus} label="Zoom out (-)" onClick={() => zoom.zoomBy(1 / 1.5)} />
      <Menu position="top" withinPortal={false} withInitialFocusPlaceholder={false} width={140}>
        <Menu.Target>
          <Button variant="subtle" color="gray" size="xs" className={classes.readout} title="Magnification">
            {zoomLabel(view.imageZoom, scale)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={zoom.home}>Fit</Menu.Item>
          {magnificationSteps(scale).map((step) => (
            <Menu.Item key={step.label} onClick={() => zoom.zoomTo(step.imageZoom)}>
              {step.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ZoomButton icon={IconPlus} label="Zoom in (+)" onClick={() => zoom.zoomBy(1.5)} />
      <ZoomButton icon={IconMaximize} label="Fit the window (0)" onClick={zoom.home} />
      <ZoomButton icon={IconZoomScan} label="Pixel for pixel (1)" onClick={() => zoom.zoomTo(1)} />
      <span className={classes.divider} />
      <TurnButtons zoom={zoom} degrees={view.degrees} />
    </div>
  )
}

/** The angle stands between them, and turns the picture back. */
function TurnButtons({ zoom, degrees }: { zoom: ZoomCommands; degrees: number }) {
  return (
    <>
      <ZoomButton icon={IconRotate} label="Turn left (Shift R)" onClick={() => zoom.turnBy(-90)} />
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        className={classes.angle}
        aria-label={`Turned by ${degrees}°, turn back`}
        title="Turn back upright (N)"
        disabled={degrees === 0}
        onClick={zoom.turnUpright}
      >
        {degrees}°
      </Button>
      <ZoomButton icon={IconRotateClockwise} label="Turn right (R)" onClick={() => zoom.turnBy(90)} />
    </>
  )
}

function ZoomButton({ icon: Icon, label, onClick }: { icon: TablerIcon; label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={34} aria-label={label} title={label} onClick={onClick}>
      <Icon size={18} stroke={1.8} aria-hidden />
    </ActionIcon>
  )
}
