import { wireSuite } from '../support/wire-suite.ts'
import { appCredentialRows } from './app-credential-rows.ts'

wireSuite('the app credential', appCredentialRows, (scene, row) => row.play(scene))
