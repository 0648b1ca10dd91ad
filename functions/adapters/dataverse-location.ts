/** Where Dataverse is: each host at its own address, or all of them behind one base URL instead. */
export interface DataverseLocation {
  /** A call to `https://HOST/path` goes to `{dataverseBaseUrl}/HOST/path`. */
  readonly dataverseBaseUrl: string | undefined
}

/** Under which URL a host of Dataverse is called, without a trailing slash. */
export function dataverseUrl({ dataverseBaseUrl }: DataverseLocation, host: string): string {
  return dataverseBaseUrl ? `${dataverseBaseUrl}/${host}` : `https://${host}`
}
