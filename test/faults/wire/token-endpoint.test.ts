import { playSweepRow } from '../support/sweep-rows.ts'
import { wireSuite } from '../support/wire-suite.ts'
import { tokenEndpointRows } from './token-endpoint-rows.ts'
import { tokenSetRows } from './token-set-rows.ts'

wireSuite('the token endpoint', [...tokenEndpointRows, ...tokenSetRows], playSweepRow)
