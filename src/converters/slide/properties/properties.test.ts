import { expect, test } from 'vitest'
import { aperioProperties } from './aperio.ts'
import { omeProperties } from './ome.ts'

test('Aperio: scale and objective are read wherever they stand among the words', () => {
  expect(aperioProperties('Aperio\r\n1x1 Q=30|MPP = 0.2520')).toEqual({ mpp: 0.252 })
  expect(aperioProperties('Aperio\r\n1x1|AppMag=40|MPP=0.25|Title = x')).toEqual({ mpp: 0.25, magnification: 40 })
})

test('Aperio: words that only contain the key, and values that no microscope has, are left alone', () => {
  expect(aperioProperties('Aperio\r\n1x1|OldMPP = 0.3|Title = MPP = 0.4')).toEqual({})
  expect(aperioProperties('Aperio\r\n1x1|MPP = 0|AppMag = 0')).toEqual({})
  expect(aperioProperties('Aperio\r\n1x1|MPP = abc|AppMag = 100000')).toEqual({})
})

test('OME: units are brought to µm, whichever µ they use', () => {
  expect(omeProperties('<Pixels PhysicalSizeX="0.5" PhysicalSizeY="0.25"/>')).toEqual({ mpp: 0.5, mppY: 0.25 })
  expect(omeProperties('<OME:Pixels PhysicalSizeX="0.5" PhysicalSizeXUnit="&#181;m"/>')).toEqual({ mpp: 0.5 })
  expect(omeProperties('<Pixels PhysicalSizeX="0.5" PhysicalSizeXUnit="\u03bcm"/>')).toEqual({ mpp: 0.5 })
  expect(omeProperties('<Pixels PhysicalSizeX="5" PhysicalSizeXUnit="pixel"/>')).toEqual({})
  expect(omeProperties('no xml at all')).toEqual({})
})
