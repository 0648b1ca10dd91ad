import { join } from 'node:path'
import { CfnOutput, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ACCOUNT_INDEX, DUE_INDEX } from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { CALLBACK_PATH, type HttpFunction, ROUTES } from '../functions/http/routes.ts'
import { ConnectionsTable } from './connections-table.ts'
import { ServiceHttpApi } from './http-api.ts'
import { DESCRIPTIONS, OUTPUT, type Outputs } from './outputs.ts'
import { Secrets } from './secrets.ts'
import { ServiceFunction, type ServiceFunctionProps, type Variable } from './service-function.ts'
import type { ServiceSettings } from './settings.ts'
import { SignInsTable } from './sign-ins-table.ts'
import { StateEvents } from './state-events.ts'
import { SweepSchedule } from './sweep-schedule.ts'

type Functions = Readonly<Record<HttpFunction, ServiceFunction>>

/** The settings of a deployment, and the folder that holds one bundle per function. */
export interface DynamicsConnectStackProps {
  readonly settings: ServiceSettings
  readonly bundles: string
}

/**
 * More memory means more processor: a gigabyte where a person or the partner's own request waits for a
 * first start. Whatever is asked over HTTP keeps below the 29 seconds of API Gateway; a sweep ends
 * before the next one begins.
 */
const SIZES: Readonly<Record<HttpFunction, Omit<ServiceFunctionProps, 'bundle'>>> = {
  authorize: {
    description: 'Starts a sign-in with Microsoft',
    memoryMiB: 1024,
    timeoutSeconds: 10,
  },
  callback: {
    description: 'Completes a sign-in with Microsoft and stores its tokens',
    memoryMiB: 1024,
    timeoutSeconds: 15,
  },
  token: {
    description: 'Hands out a valid access token',
    memoryMiB: 1024,
    // It may wait for a refresh, which may take 25 seconds.
    timeoutSeconds: 28,
  },
  refresh: {
    description: 'Refreshes the tokens that are due, or those of one connection',
    memoryMiB: 512,
    timeoutSeconds: 50,
  },
  api: {
    description: 'The management API',
    memoryMiB: 512,
    timeoutSeconds: 10,
  },
}

/** Nobody waits for it; a batch of a hundred events takes some seconds. */
const EVENTS_SIZE = {
  description: 'Publishes what changes of a connection on the event bus',
  memoryMiB: 256,
  timeoutSeconds: 60,
}

/** The service in one AWS account and region. */
export class DynamicsConnectStack extends Stack {
  readonly #connections = new ConnectionsTable(this, 'Connections')
  readonly #signIns = new SignInsTable(this, 'SignIns')
  readonly #secrets = new Secrets(this, 'Secrets')
  readonly #api = new ServiceHttpApi(this, 'HttpApi')
  readonly #events: StateEvents

  constructor(scope: Construct, id: string, { settings, bundles }: DynamicsConnectStackProps) {
    super(scope, id, {
      description: 'Keeps customers connected to their Dynamics 365 environments',
    })
    const functions = this.#functions(bundles)
    this.#api.addRoutes(ROUTES, functions)
    const events = new ServiceFunction(this, 'events', {
      ...EVENTS_SIZE,
      bundle: join(bundles, 'events'),
    })
    this.#events = new StateEvents(this, 'StateEvents', { events, connections: this.#connections })
    new SweepSchedule(this, 'Sweep', { refresh: functions.refresh, shards: settings.shards })
    const publicUrl = settings.publicUrl ?? this.#api.url
    configure(functions, { ...settings, publicUrl })
    this.#grant(functions)
    this.#tell(publicUrl)
  }

  #functions(bundles: string): Functions {
    const make = (name: HttpFunction) =>
      new ServiceFunction(this, name, { ...SIZES[name], bundle: join(bundles, name) })
    return {
      authorize: make('authorize'),
      callback: make('callback'),
      token: make('token'),
      refresh: make('refresh'),
      api: make('api'),
    }
  }

  /** Who may do what: all of it, and nothing by a wildcard. */
  #grant({ authorize, callback, refresh, token, api }: Functions): void {
    this.#connections.grantItems(authorize, 'GetItem', 'BatchGetItem')
    this.#signIns.grantItems(authorize, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem')

    this.#connections.grantItems(callback, 'GetItem', 'UpdateItem')
    this.#signIns.grantItems(callback, 'GetItem', 'UpdateItem', 'PutItem')
    this.#secrets.appCredential.grantRead(callback)
    this.#secrets.accessTokenKeyring.grantRead(callback)
    this.#secrets.refreshTokenKeyring.grantRead(callback)

    this.#connections.grantItems(refresh, 'GetItem', 'BatchGetItem')
    this.#connections.grantItems(refresh, 'UpdateItem', 'PutItem', 'DeleteItem')
    this.#connections.grantQuery(refresh, DUE_INDEX)
    this.#signIns.grantItems(refresh, 'GetItem', 'UpdateItem')
    this.#secrets.appCredential.grantRead(refresh)
    this.#secrets.accessTokenKeyring.grantRead(refresh)
    this.#secrets.refreshTokenKeyring.grantRead(refresh)
    this.#secrets.apiAccess.grantRead(refresh)

    this.#connections.grantItems(token, 'GetItem')
    this.#secrets.accessTokenKeyring.grantRead(token)
    this.#secrets.apiAccess.grantRead(token)
    refresh.grantInvoke(token, ENV.refreshFunction)

    this.#connections.grantItems(api, 'GetItem', 'BatchGetItem')
    this.#connections.grantItems(api, 'PutItem', 'UpdateItem', 'DeleteItem')
    this.#connections.grantQuery(api, ACCOUNT_INDEX)
    this.#signIns.grantItems(api, 'PutItem')
    this.#secrets.apiAccess.grantRead(api)
  }

  #tell(publicUrl: string): void {
    const outputs: Outputs = {
      apiUrl: this.#api.url,
      replyUrl: `${publicUrl}${CALLBACK_PATH}`,
      connectionsTable: this.#connections.tableName,
      signInsTable: this.#signIns.tableName,
      eventBus: this.#events.busName,
      appCredentialSecret: this.#secrets.appCredential.secretArn,
      accessTokenKeyringSecret: this.#secrets.accessTokenKeyring.secretArn,
      refreshTokenKeyringSecret: this.#secrets.refreshTokenKeyring.secretArn,
      apiAccessSecret: this.#secrets.apiAccess.secretArn,
    }
    for (const key of Object.keys(OUTPUT) as (keyof Outputs)[]) {
      new CfnOutput(this, OUTPUT[key], { value: outputs[key], description: DESCRIPTIONS[key] })
    }
  }
}

function configure(functions: Functions, settings: ServiceSettings & { publicUrl: string }): void {
  const { authorize, callback, refresh, token, api } = functions
  const give = (variable: Variable, value: string, ...to: readonly ServiceFunction[]) => {
    for (const fn of to) {
      fn.set(variable, value)
    }
  }
  give(ENV.publicUrl, settings.publicUrl, authorize, callback, refresh, token, api)
  give(ENV.allowedOrigins, settings.allowedOrigins.join(','), authorize, callback)
  give(ENV.clouds, settings.clouds.join(','), authorize, callback, refresh, api)
  give(ENV.refreshPolicy, settings.refreshPolicy, callback, refresh)
}
