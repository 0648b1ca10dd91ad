import { join } from 'node:path'
import { cdk } from './command.ts'
import { workFolder } from './test-env.ts'

/** The stack as it was synthesised before any test, so that none builds the functions while another does. */
export const SYNTHESIZED = join(workFolder, 'synthesized')

/** Run by vitest before all tests. */
export async function setup(): Promise<void> {
  const origins = 'allowedOrigins=https://app.example.com'
  await cdk('synth', '--quiet', '--output', SYNTHESIZED, '--context', origins)
}
