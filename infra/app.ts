import { App } from 'aws-cdk-lib'
import { BUNDLES_FOLDER, buildFunctions } from './build.ts'
import { STACK_NAME } from './outputs.ts'
import { readServiceSettings, type ServiceSettings } from './settings.ts'
import { DynamicsConnectStack } from './stack.ts'

/** What is wrong with a setting is said without the trace of a program that is right. */
function settingsOf(app: App): ServiceSettings {
  try {
    return readServiceSettings(app.node.getAllContext(), process.env.CDK_DEFAULT_REGION)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

const app = new App()
const settings = settingsOf(app)
await buildFunctions()
new DynamicsConnectStack(app, STACK_NAME, { settings, bundles: BUNDLES_FOLDER })
app.synth()
