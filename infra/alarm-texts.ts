/** What an alarm says, and the article of `infra/RUNBOOK.md` that says what to do. */
export interface AlarmText {
  readonly what: string
  readonly article: string
}

/** Every alarm by its name; a test holds them and the runbook's articles together. */
export const ALARMS = {
  SweepNotRunning: {
    what: 'For ten minutes not every shard has been swept: tokens are not renewed ahead of time.',
    article: 'The sweep does not run',
  },
  OldestDueTooOld: {
    what: 'Connections have been due for more than five minutes: refreshing does not keep up.',
    article: 'Refreshing does not keep up',
  },
  AppCredentialRejected: {
    what: 'Microsoft does not accept the app credential: no token of any customer is renewed.',
    article: 'Microsoft rejects the app credential',
  },
  AppCredentialRejectedAtSignIn: {
    what: 'Microsoft did not accept the app credential in a sign-in: nobody can connect.',
    article: 'Microsoft rejects the app credential',
  },
  NewestAppCredentialRejected: {
    what: 'Microsoft refuses the newest app credential; the service goes on with the previous one, while that lasts.',
    article: 'Microsoft refuses the newest app credential',
  },
  AppCredentialExpiring: {
    what: 'The app credential ends within 30 days; then no token of any customer is renewed.',
    article: 'The app credential is about to end',
  },
  AppCredentialExpiringSoon: {
    what: 'The app credential ends within 7 days; then no token of any customer is renewed.',
    article: 'The app credential is about to end',
  },
  ReauthorizationRate: {
    what: 'More than 1% of the connections have lost their grant within an hour.',
    article: 'Many connections need a new sign-in',
  },
  ErrorRate: {
    what: 'More than 5% of the requests of a quarter of an hour were answered with a server error.',
    article: 'Requests are answered with errors',
  },
  FunctionErrors: {
    what: 'Functions crash or run out of time.',
    article: 'Functions fail',
  },
  RefreshErrors: {
    what: 'Some connections have failed to refresh for an hour, for a reason of the service itself.',
    article: 'Refreshes fail for a reason of our own',
  },
  FunctionsThrottled: {
    what: 'Lambda has refused to run functions, for lack of concurrency.',
    article: 'AWS throttles',
  },
  TablesThrottled: {
    what: 'DynamoDB has refused requests for their number.',
    article: 'AWS throttles',
  },
  KeyringRotationFailed: {
    what: 'No key could be added to a keyring; the keys that there are go on sealing and opening.',
    article: 'A keyring was not rotated',
  },
  EventsLate: {
    what: 'Changes of connections are published more than a quarter of an hour late.',
    article: 'Changes are told late',
  },
  EventsUnreadable: {
    what: 'Changes of connections were left out of what is published, since they could not be read.',
    article: 'Changes cannot be read',
  },
  DeadLetters: {
    what: 'Changes of connections could not be published and lie in the dead-letter queue.',
    article: 'Dead letters',
  },
} as const satisfies Record<string, AlarmText>

export type AlarmName = keyof typeof ALARMS

/** The description of an alarm, as its mail shows it. */
export function describe(name: AlarmName): string {
  const { what, article } = ALARMS[name]
  return `${what} What to do: infra/RUNBOOK.md#${anchorOf(article)}`
}

/** The anchor of a heading, as GitHub makes it of one without punctuation. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-')
}
