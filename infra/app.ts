import { App } from 'aws-cdk-lib'
import { BUNDLES_FOLDER, buildFunctions } from './build.ts'
import { STACK_NAME } from './outputs.ts'
import { readServiceSettings } from './settings.ts'
import { DynamicsConnectStack } from './stack.ts'

const app = new App()
const settings = readServiceSettings(app.node.getAllContext(), process.env.CDK_DEFAULT_REGION)
await buildFunctions()
new DynamicsConnectStack(app, STACK_NAME, { settings, bundles: BUNDLES_FOLDER })
app.synth()
