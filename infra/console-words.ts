import type { Outputs } from './outputs.ts'

/** Where the console of a deployment is, and how whoever deployed it gets in the first time. */
export function consoleWords({
  consoleUrl,
  consoleAccessSecret,
}: Pick<Outputs, 'consoleUrl' | 'consoleAccessSecret'>): readonly string[] {
  return [
    `the console: ${consoleUrl}`,
    `  its first sign-in, until somebody closes it: in AWS, Secrets Manager, the secret ${secretName(consoleAccessSecret)}, "Retrieve secret value"`,
  ]
}

/** By which AWS lists a secret: its ARN ends with six letters that are not part of its name. */
function secretName(arn: string): string {
  const [, name = arn] = /:secret:(.+)-\w{6}$/.exec(arn) ?? []
  return name
}
