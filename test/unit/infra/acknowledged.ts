import { type Stack, Validations } from 'aws-cdk-lib'

/** A rule of cdk-nag, the construct for which it is acknowledged, and why. */
export interface Acknowledgement {
  readonly rule: string
  readonly path: string
  readonly reason: string
}

/** Everything that the constructs of a stack acknowledge. */
export function acknowledgedIn(stack: Stack): readonly Acknowledgement[] {
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([id, reason]) => ({ rule: id.replace(/^Annotation::/, ''), path: node.path, reason })),
  )
}
