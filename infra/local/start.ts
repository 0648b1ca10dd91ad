import { join } from 'node:path'
import { isPortTaken } from './local-server.ts'
import { StartError } from './start-error.ts'
import { type LocalService, startLocal } from './start-local.ts'
import { welcome } from './welcome.ts'

const REPOSITORY = join(import.meta.dirname, '..', '..')

/** The state folder is beside the code unless the command names another. */
const [stateDir = join(REPOSITORY, '.local')] = process.argv.slice(2)

process.setSourceMapsEnabled(true)

try {
  const service = await startLocal({ stateDir, env: process.env, log: (line) => console.log(line) })
  console.log(welcome(service))
  closeOnSignal(service)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

function closeOnSignal(service: LocalService): void {
  const close = async (): Promise<void> => {
    console.log('\nclosing')
    await service.close()
    process.exit()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close())
  }
}

/** What a person can mend is said in one line; anything else keeps its stack. */
function explain(error: unknown): unknown {
  if (error instanceof StartError) return error.message
  if (isPortTaken(error)) {
    const { PORT = '3000', LAMBDA_PORT } = process.env
    const isLambda = LAMBDA_PORT !== undefined && String(error.port) === LAMBDA_PORT
    const [name, port] = isLambda ? ['LAMBDA_PORT', LAMBDA_PORT] : ['PORT', PORT]
    return `port ${port} is taken by another program: set ${name} to a free one, e.g. ${name}=${Number(port) + 10} npm start`
  }
  return error
}
