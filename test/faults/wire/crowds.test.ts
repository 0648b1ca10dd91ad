import { wireSuite } from '../support/wire-suite.ts'
import { crowdRows } from './crowd-rows.ts'

wireSuite('crowds', crowdRows, (scene, row) => row.play(scene))
