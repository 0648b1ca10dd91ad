import { playSweepRow } from '../support/sweep-rows.ts'
import { wireSuite } from '../support/wire-suite.ts'
import { dynamodbRows } from './dynamodb-rows.ts'
import { secretRows } from './secret-rows.ts'

wireSuite('DynamoDB and Secrets Manager', [...dynamodbRows, ...secretRows], playSweepRow)
