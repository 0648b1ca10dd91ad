/** The secret's ARN says where the service was deployed; where there is none, the SDK's rules hold. */
export function regionOf(secretArn: string): { readonly region?: string } {
  const region = placeOf(secretArn)?.region
  return region === undefined ? {} : { region }
}

/** An account and region of AWS. */
export interface Place {
  readonly region: string
  readonly account: string
}

/** Where a secret is; `undefined` for what is no secret's ARN. */
export function placeOf(secretArn: string): Place | undefined {
  const [, region, account] = /^arn:[^:]+:secretsmanager:([^:]+):(\d+):/.exec(secretArn) ?? []
  return region === undefined || account === undefined ? undefined : { region, account }
}
