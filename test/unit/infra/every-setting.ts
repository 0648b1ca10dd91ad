/** A context in which each setting of which the template looks different is set. */
export const EVERY_SETTING = {
  domainName: 'connect.example.com',
  certificateArn:
    'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555',
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  allowedOrigins: ['https://app.example.com'],
  alarmMail: 'ops@example.com',
  logRetentionDays: 365,
  customerManagedKey: true,
  reservedConcurrency: { refresh: 8, token: 100 },
  tracing: true,
  removalPolicy: 'destroy',
} as const
