import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { LambdaHandler } from './lambda-runtime.ts'

/** One function's bundle. */
export interface LoadableBundle {
  readonly name: string
  readonly folder: string
}

const require = createRequire(import.meta.url)

/**
 * Loads each bundle afresh. Its composition root reads the environment while it loads, so that must be
 * set before.
 * @throws Error that names the bundle without a handler.
 */
export function loadHandlers(
  bundles: readonly LoadableBundle[],
): Readonly<Record<string, LambdaHandler>> {
  return Object.fromEntries(bundles.map((bundle) => [bundle.name, loadHandler(bundle)]))
}

function loadHandler({ name, folder }: LoadableBundle): LambdaHandler {
  const file = require.resolve(join(folder, 'index.js'))
  delete require.cache[file]
  const exported: unknown = require(file)
  if (isRecord(exported) && typeof exported.handler === 'function') {
    return exported.handler as LambdaHandler
  }
  throw new Error(`the bundle of ${name} exports no handler`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
