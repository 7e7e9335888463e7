import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconMaximize, IconMinus, IconPlus, IconZoomScan, type TablerIcon } from '@tabler/icons-react'
import { magnificationSteps, type SlideScale, zoomLabel } from './magnification.ts'
import type { ZoomCommands } from './use-deep-zoom.ts'
import classes from './viewer.module.css'

/** Zoom buttons and the magnification, which opens the list of those to jump to. */
export function ZoomControls(props: { zoom: ZoomCommands; imageZoom: number; scale: SlideScale }) {
  const { zoom, imageZoom, scale } = props
  return (
    <div className={classes.controls} role="toolbar" aria-label="Zoom">
      <ZoomButton icon={IconMinus} label="Zoom out (-)" onClick={() => zoom.zoomBy(1 / 1.5)} />
      <Menu position="top" withinPortal={false} withInitialFocusPlaceholder={false} width={140}>
        <Menu.Target>
          <Button variant="subtle" color="gray" size="xs" className={classes.readout} title="Magnification">
            {zoomLabel(imageZoom, scale)}
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
    </div>
  )
}

function ZoomButton({ icon: Icon, label, onClick }: { icon: TablerIcon; label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={34} aria-label={label} title={label} onClick={onClick}>
      <Icon size={18} stroke={1.8} aria-hidden />
    </ActionIcon>
  )
}
