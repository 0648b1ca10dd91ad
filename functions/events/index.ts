import { setTimeout } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { AWS_CLIENT_SETTINGS } from '../adapters/aws-client-settings.ts'
import { dynamodbConnectionHistory } from '../adapters/dynamodb-connection-history.ts'
import { dynamodbToldWrite } from '../adapters/dynamodb-told-write.ts'
import { eventbridgeEventPublisher } from '../adapters/eventbridge-event-publisher.ts'
import { readSettings } from '../config.ts'
import { eventLog } from '../logger.ts'
import { eventMetrics } from './event-metrics.ts'
import { eventsHandler } from './handler.ts'

const { eventBus, signInsTable } = readSettings(process.env, ['eventBus', 'signInsTable'])

export const handler = eventsHandler({
  readRecord: dynamodbToldWrite,
  history: dynamodbConnectionHistory(new DynamoDBClient(AWS_CLIENT_SETTINGS), {
    table: signInsTable,
  }),
  publisher: eventbridgeEventPublisher(new EventBridgeClient(AWS_CLIENT_SETTINGS), {
    bus: eventBus,
    wait: (milliseconds) => setTimeout(milliseconds),
  }),
  log: eventLog('events', process.env),
  metrics: eventMetrics('events'),
})
