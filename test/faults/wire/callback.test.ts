import { wireSuite } from '../support/wire-suite.ts'
import { callbackRows, playCallbackRow } from './callback-rows.ts'

wireSuite('the callback', callbackRows, playCallbackRow)
