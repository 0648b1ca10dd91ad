import { wireSuite } from '../support/wire-suite.ts'
import { invokeRows, playInvokeRow } from './invoke-rows.ts'

wireSuite('the invocation of refresh', invokeRows, playInvokeRow)
