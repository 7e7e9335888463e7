import { z } from 'zod'

/** How a service is, for `/api/health` and the window. */
export const serviceState = z.object({
  id: z.string(),
  name: z.string(),
  domains: z.array(z.string()),
  /** `off`: no listener leads to it. */
  state: z.enum(['starting', 'running', 'failed', 'off']),
  /** One sentence, where it failed. */
  reason: z.string().optional(),
  /** What to do about the reason, where something is known. */
  hint: z.string().optional(),
  /** Where it answers. */
  urls: z.array(z.string()),
  stats: z.record(z.string(), z.unknown()).optional()
})
export type ServiceState = z.infer<typeof serviceState>
