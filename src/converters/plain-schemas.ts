import { config } from 'zod'

/** A child parses each kind of message once or twice: compiling parsers for them, as zod does by itself, takes 20 ms of every task. */
config({ jitless: true })
