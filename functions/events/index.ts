import { setTimeout } from 'node:timers/promises'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbToldWrite } from '../adapters/dynamodb-told-write.ts'
import { eventbridgeEventPublisher } from '../adapters/eventbridge-event-publisher.ts'
import { readSettings } from '../config.ts'
import { eventLog } from '../logger.ts'
import { eventMetrics } from './event-metrics.ts'
import { eventsHandler } from './handler.ts'

const { eventBus } = readSettings(process.env, ['eventBus'])

export const handler = eventsHandler({
  readRecord: dynamodbToldWrite,
  publisher: eventbridgeEventPublisher(new EventBridgeClient(AWS_CLIENT_SETTINGS), {
    bus: eventBus,
    wait: (milliseconds) => setTimeout(milliseconds),
  }),
  log: eventLog('events', process.env),
  metrics: eventMetrics('events'),
})
