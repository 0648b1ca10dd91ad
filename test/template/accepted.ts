/** A finding that stands, and what is traded for what. */
export interface Accepted {
  readonly rule: string
  /** The resources that it may be found at: all that it names, and one at least. */
  readonly at: RegExp
  readonly reason: string
}

/** What stands whatever the settings are. */
const ALWAYS: readonly Accepted[] = [
  {
    rule: 'CKV_AWS_26',
    at: /Topic\.WatchAlarmTopic/,
    reason:
      'an alarm names a metric and an article of the runbook, nothing of a customer; CloudWatch cannot publish to a topic under a key that AWS manages',
  },
  {
    rule: 'CKV_AWS_27',
    at: /Queue\.StateEventsDeadLetters/,
    reason:
      'SQS encrypts it with a key of its own, and a message says only where in the stream to look',
  },
  {
    rule: 'W3005',
    at: /^Resources\/\w+Function\w+\/DependsOn\//,
    reason:
      'the CDK writes that a function depends on its role, which its own reference says already; it is harmless, and not ours',
  },
  {
    rule: 'CKV_AWS_28',
    at: /Table\.SignInsTable/,
    reason:
      'a restore would bring back sign-in states and tokens that were spent; what is lost is a sign-in of some minutes',
  },
  {
    rule: 'CKV_AWS_115',
    at: /Function\.(api|authorize|callback|console|events|refresh|rotation|token)Function/,
    reason:
      'kept runs are taken from every other function of the account, so the setting reservedConcurrency decides',
  },
  {
    rule: 'CKV_AWS_116',
    at: /Function\.(api|authorize|callback|console|events|refresh|rotation|token)Function/,
    reason:
      'only an asynchronous call ends in such a queue: API Gateway, the stream (which has a queue of its own) and Secrets Manager wait for the answer, and what a sweep leaves is found by the next one',
  },
  {
    rule: 'CKV_AWS_117',
    at: /Function\./,
    reason:
      'nothing in a network of the account is called: only Microsoft and AWS, which a VPC would reach through a gateway that idles and costs',
  },
  {
    rule: 'CKV_AWS_173',
    at: /Function\./,
    reason:
      "variables hold names and ARNs, never a secret; Lambda encrypts them with a key of AWS's own",
  },
]

const CUSTOMER_MANAGED_KEY =
  "tokens are sealed before they are stored, and the rest is encrypted with a key of AWS's own; the setting customerManagedKey takes one of the partner's, at its price for each call"

/** What stands without settings. */
export const WITHOUT_SETTINGS: readonly Accepted[] = [
  ...ALWAYS,
  { rule: 'CKV_AWS_119', at: /Table\./, reason: CUSTOMER_MANAGED_KEY },
  { rule: 'CKV_AWS_149', at: /Secret\./, reason: CUSTOMER_MANAGED_KEY },
  { rule: 'CKV_AWS_158', at: /LogGroup\./, reason: CUSTOMER_MANAGED_KEY },
]

/** What stands with every setting. */
export const WITH_EVERY_SETTING = ALWAYS
