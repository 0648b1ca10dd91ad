import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import cdk from '../../../cdk.json' with { type: 'json' }
import { type HttpFunction, ROUTES } from '../../../functions/http/routes.ts'
import { STACK_NAME } from '../../../infra/outputs.ts'
import { readServiceSettings } from '../../../infra/settings.ts'
import { DynamicsConnectStack } from '../../../infra/stack.ts'

/** The functions that answer HTTP requests. */
export const HTTP_FUNCTIONS = Object.keys(ROUTES) as readonly HttpFunction[]

/** Every function that the stack deploys. */
export const FUNCTIONS = [...HTTP_FUNCTIONS, 'events'] as const

export type FunctionName = (typeof FUNCTIONS)[number]

/** The template of the stack, with one-line bundles in place of the real ones. */
export function synthesized(context: Readonly<Record<string, unknown>> = {}): Template {
  const app = new App({ context: { ...cdk.context, ...context } })
  const stack = new DynamicsConnectStack(app, STACK_NAME, {
    settings: readServiceSettings((name) => app.node.tryGetContext(name)),
    bundles: emptyBundles(),
  })
  return Template.fromStack(stack)
}

/** The properties of the one function of that name. */
export function functionProperties(template: Template, name: FunctionName): FunctionProperties {
  const found = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
    id.startsWith(`${name}Function`),
  )
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`expected one function ${name}, found ${found.length}`)
  }
  return (found[0][1] as { readonly Properties: FunctionProperties }).Properties
}

export interface FunctionProperties {
  readonly Role: unknown
  readonly LoggingConfig: { readonly LogGroup: unknown }
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> }
}

/** The resources of one type by their logical id, each with its properties. */
export function resourcesOf<P>(template: Template, type: string): ReadonlyMap<string, P> {
  const found = Object.entries(template.findResources(type))
  return new Map(found.map(([id, resource]) => [id, resource.Properties as P]))
}

function emptyBundles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'))
  for (const name of FUNCTIONS) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'index.js'), `exports.handler = async () => '${name}'\n`)
  }
  return folder
}
