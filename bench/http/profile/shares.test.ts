import { expect, test } from 'vitest'
import { shareSentence, shares } from './shares.ts'

const frame = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 }
})

test('time goes to what the running function is, whoever called it', () => {
  const profile = {
    nodes: [
      frame(1, '(idle)', ''),
      frame(2, 'exec', ''),
      frame(3, 'parse', 'file:///x/node_modules/zod/v4/core/parse.js'),
      frame(4, 'handler', 'file:///x/out/services/dispatch/index.js'),
      frame(5, 'writeUtf8String', ''),
      frame(6, 'exec', 'file:///x/out/engine/storage/database.js')
    ],
    startTime: 0,
    endTime: 1000,
    samples: [1, 2, 2, 3, 4, 5, 6],
    timeDeltas: [100, 200, 200, 100, 200, 100, 100]
  }
  expect(shares(profile)).toEqual([
    ['SQLite, its flush included', 0.4],
    ['the face', 0.2],
    ['waiting for requests', 0.1],
    ['checking by zod', 0.1],
    ['sockets', 0.1],
    ['the engine', 0.1]
  ])
})

test('the sentence leaves out what hardly counts', () => {
  expect(
    shareSentence([
      ['JSON', 0.985],
      ['log', 0.015]
    ])
  ).toBe('JSON 99 %')
})
