/** The secret's ARN says where the service was deployed; where there is none, the SDK's rules hold. */
export function regionOf(secretArn: string): { readonly region?: string } {
  const region = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(secretArn)?.[1]
  return region === undefined ? {} : { region }
}
