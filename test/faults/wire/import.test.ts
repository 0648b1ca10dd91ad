import { wireSuite } from '../support/wire-suite.ts'
import { importRows, playImportRow } from './import-rows.ts'

wireSuite('an import of tokens', importRows, playImportRow)
