import { wireSuite } from '../support/wire-suite.ts'
import { refusedRows } from './refused-rows.ts'

wireSuite('refused connections', refusedRows, (scene, row) => row.play(scene))
