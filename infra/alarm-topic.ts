import { Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'

/** Where alarms go: to one mail address, or to whatever subscribes to the topic. */
export class AlarmTopic extends Construct {
  readonly topic: ITopic

  /** @param props `mail`: who confirms the subscription, by a link that AWS sends; without it nobody is told */
  constructor(scope: Construct, id: string, { mail }: { readonly mail: string | undefined }) {
    super(scope, id)
    const topic = new Topic(this, 'Topic', {
      topicName: `${Stack.of(this).stackName}-alarms`,
      enforceSSL: true,
    })
    // A topic with a policy of its own takes nothing from anybody whom the policy does not name.
    topic.addToResourcePolicy(publishingByAlarms(topic))
    if (mail !== undefined) this.#subscribe(topic, mail)
    this.topic = topic
  }

  #subscribe(topic: Topic, mail: string): void {
    topic.addSubscription(new EmailSubscription(mail))
    Validations.of(this).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason:
        'a mail that cannot be delivered is no use in a queue; the alarm itself stays in alarm',
    })
  }
}

function publishingByAlarms(topic: Topic): PolicyStatement {
  return new PolicyStatement({
    sid: 'Alarms',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  })
}
