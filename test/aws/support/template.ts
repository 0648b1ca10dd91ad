import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { STACK_NAME } from '../../../infra/outputs.ts'

/** One function, as the synthesised template has it. */
export interface TemplateFunction {
  /** Its name in the stack. */
  readonly name: string
  /** The folder that is deployed. */
  readonly bundle: string
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMiB: number
  /** Every variable that it is given, and no other. */
  readonly variables: Readonly<Record<string, string>>
}

/** What a resource of the template is once deployed, by its logical id; with an attribute, that of it. */
export type Deployed = (logicalId: string, attribute?: string) => string

interface Resource {
  readonly Type: string
  readonly Properties: {
    readonly Handler: string
    readonly Timeout: number
    readonly MemorySize: number
    readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> }
  }
  readonly Metadata?: Readonly<Record<string, string>>
}

/** Reads the functions of an assembly, with what CloudFormation would have resolved. */
export function functionsOf(assembly: string, deployed: Deployed): readonly TemplateFunction[] {
  const file = join(assembly, `${STACK_NAME}.template.json`)
  const template: { readonly Resources: Readonly<Record<string, Resource>> } = JSON.parse(
    readFileSync(file, 'utf8'),
  )
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, { Properties, Metadata }]) => ({
      name: logicalId.replace(/Function[0-9A-F]{8}$/, ''),
      bundle: join(assembly, Metadata?.['aws:asset:path'] ?? ''),
      handler: Properties.Handler,
      timeoutSeconds: Properties.Timeout,
      memoryMiB: Properties.MemorySize,
      variables: Object.fromEntries(
        Object.entries(Properties.Environment?.Variables ?? {}).map(([name, value]) => [
          name,
          resolve(value, deployed),
        ]),
      ),
    }))
}

/** @throws Error on an intrinsic function that no variable uses so far. */
function resolve(value: unknown, deployed: Deployed): string {
  if (typeof value === 'string') return value
  const intrinsic = value as {
    readonly Ref?: string
    readonly 'Fn::GetAtt'?: readonly [string, string]
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]]
  }
  if (intrinsic.Ref !== undefined) return deployed(intrinsic.Ref)
  if (intrinsic['Fn::GetAtt'] !== undefined) return deployed(...intrinsic['Fn::GetAtt'])
  if (intrinsic['Fn::Join'] !== undefined) {
    const [separator, parts] = intrinsic['Fn::Join']
    return parts.map((part) => resolve(part, deployed)).join(separator)
  }
  throw new Error(`resolve this intrinsic function too: ${JSON.stringify(value)}`)
}
