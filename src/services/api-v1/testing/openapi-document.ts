import { z } from 'zod'

/**
 * What of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) a document of ours may use, and nothing besides: a key that the
 * specification does not have at its place is an error.
 */
const text = z.string().min(1)
const extensions = /^x-/

/** Knows the keys of `shape` and those that begin with `x-`. */
function fixed<T extends z.ZodRawShape>(shape: T) {
  return z.looseObject(shape).superRefine((value, context) => {
    for (const key of Object.keys(value))
      if (!(key in shape) && !extensions.test(key))
        context.addIssue({ code: 'custom', path: [key], message: 'is no key here' })
  })
}

/** A schema is JSON Schema 2020-12; what it means is checked by {@link schemaOf}. */
const schema = z.record(z.string(), z.unknown())
const example = fixed({ summary: text.optional(), value: z.unknown() })
const media = fixed({
  schema: schema.optional(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), example).optional()
})
const content = z.record(z.string().regex(/^[\w*.+-]+\/[\w*.+-]+$/), media)

const parameter = fixed({
  name: text,
  in: z.enum(['path', 'query', 'header']),
  description: text.optional(),
  required: z.boolean().optional(),
  deprecated: z.boolean().optional(),
  schema,
  example: z.unknown().optional(),
  examples: z.record(z.string(), example).optional()
}).refine((value) => value.in !== 'path' || value.required === true, 'a part of a path is required')

const security = z.array(z.record(z.string(), z.array(z.string())))

const operation = fixed({
  operationId: z
    .string()
    .regex(/^[A-Za-z]\w*$/)
    .optional(),
  summary: text,
  description: text.optional(),
  tags: z.array(text).min(1).optional(),
  parameters: z.array(parameter).optional(),
  requestBody: fixed({ description: text.optional(), content, required: z.boolean().optional() }).optional(),
  responses: z
    .record(
      z.string().regex(/^([1-5](\d\d|XX)|default)$/),
      fixed({ description: text, content: content.optional(), headers: z.record(z.string(), z.unknown()).optional() })
    )
    .refine((responses) => Object.keys(responses).length > 0, 'says no answer'),
  deprecated: z.boolean().optional(),
  security: security.optional()
})
export type Operation = z.infer<typeof operation>

export const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const

export const openApiDocument = fixed({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: fixed({ title: text, version: text, description: text.optional() }),
  servers: z.array(fixed({ url: text })).optional(),
  tags: z.array(fixed({ name: text, description: text.optional() })).optional(),
  security: security.optional(),
  paths: z.record(
    z.string().regex(/^\//),
    fixed(
      Object.fromEntries(methods.map((method) => [method, operation.optional()])) as Record<
        (typeof methods)[number],
        z.ZodOptional<typeof operation>
      >
    )
  ),
  components: fixed({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), schema),
    securitySchemes: z.record(
      z.string(),
      fixed({ type: z.literal('apiKey'), in: z.literal('header'), name: text, description: text.optional() })
    )
  })
})
export type OpenApiDocument = z.infer<typeof openApiDocument>

/** All operations with their names, such as `GET /jobs/{id}`. */
export function operationsOf(document: OpenApiDocument): { name: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ name: `${method.toUpperCase()} ${path}`, path, operation }] : []
    })
  )
}

/** A schema of the document, with all that it refers to, as something that checks values. Throws where it is none. */
export function schemaOf(document: OpenApiDocument, part: unknown): z.ZodType {
  const text = JSON.stringify({ ...(part as object), $defs: document.components.schemas })
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}

/** What was answered, as far as a document speaks of it. */
export interface Answered {
  status: number
  /** Content-Type; empty where there is no body. */
  type: string
  text: string
}

/** What of an answer is not as the document says; undefined where all is. */
export function misfitOf(document: OpenApiDocument, operation: Operation, answered: Answered): string | undefined {
  const { status, text } = answered
  const told = operation.responses[status] ?? operation.responses.default
  if (!told) return `${status} is not among ${Object.keys(operation.responses).join(', ')}`
  // Without `content` it says nothing about the body.
  if (text === '' || !told.content) return undefined
  const type = answered.type.split(';', 1)[0] ?? ''
  const media = told.content[type] ?? told.content['*/*']
  if (!media) return `${status} as ${type} is not among ${Object.keys(told.content).join(', ')}`
  if (type !== 'application/json' || !media.schema) return undefined
  return schemaOf(document, media.schema).safeParse(JSON.parse(text)).error?.message
}
