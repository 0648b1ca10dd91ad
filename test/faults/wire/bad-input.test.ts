import { wireSuite } from '../support/wire-suite.ts'
import { badInputRows } from './bad-input-rows.ts'

wireSuite('bad input', badInputRows, (scene, row) => row.play(scene))
