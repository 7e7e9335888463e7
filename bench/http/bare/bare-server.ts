import Fastify from 'fastify'

/*
 * The same requests without us: parses a body as JSON and answers what it was told over the channel to its parent, always the same
 * bytes. Says its address when it listens.
 */
let canned = { status: 200, type: 'application/json', body: '' }
process.on('message', (answer) => {
  canned = answer as typeof canned
  process.send?.('told')
})
process.once('disconnect', () => process.exit())

const app = Fastify({ exposeHeadRoutes: false })
app.all('/*', (_request, reply) => {
  const answer = reply.code(canned.status)
  return canned.body === '' ? answer.send() : answer.header('content-type', canned.type).send(canned.body)
})
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
