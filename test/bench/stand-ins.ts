import { readFileSync } from 'node:fs'
import { fastStore, type StoredItem } from './support/fast-store.ts'
import { serve } from './support/local-server.ts'
import { tokenEndpoint } from './support/token-endpoint.ts'

/** A process of its own for the token endpoint and the fast store; says where they are. */
const items: readonly StoredItem[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const [entra, store] = await Promise.all([serve(tokenEndpoint()), serve(fastStore(items))])
process.stdout.write(`${JSON.stringify({ entraUrl: entra.url, storeUrl: store.url })}\n`)
process.once('disconnect', () => process.exit())
