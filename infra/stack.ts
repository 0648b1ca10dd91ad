import { join } from 'node:path'
import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import {
  ACCOUNT_INDEX,
  CONNECTIONS_TABLE,
  DIRECTORY_INDEXES,
  DUE_INDEX,
  SIGN_INS_TABLE,
  STATUS_INDEX,
} from '../functions/adapters/table-schema.ts'
import { ENV } from '../functions/config.ts'
import { CALLBACK_PATH, CONSOLE_PATH, type HttpFunction, ROUTES } from '../functions/http/routes.ts'
import { ConnectionsTable } from './connections-table.ts'
import { FUNCTION_SIZES } from './function-sizes.ts'
import { ServiceHttpApi } from './http-api.ts'
import { grantIdentityToken } from './identity-token.ts'
import type { Keeping } from './keeping.ts'
import { KeyringRotation } from './keyring-rotation.ts'
import { DESCRIPTIONS, OUTPUT, type Outputs, VERSION } from './outputs.ts'
import { Secrets } from './secrets.ts'
import { type FunctionName, ServiceFunction, type Variable } from './service-function.ts'
import type { ServiceSettings } from './settings.ts'
import { SignInsTable } from './sign-ins-table.ts'
import { StackKey } from './stack-key.ts'
import { StateEvents } from './state-events.ts'
import { SweepSchedule } from './sweep-schedule.ts'
import { Watch, type WatchProps } from './watch.ts'

type Functions = Readonly<Record<HttpFunction, ServiceFunction>>

/** The settings of a deployment, and the folder that holds one bundle per function. */
export interface DynamicsConnectStackProps {
  readonly settings: ServiceSettings
  readonly bundles: string
}

const REMOVAL_POLICIES = { retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY } as const

/** The service in one AWS account and region. */
export class DynamicsConnectStack extends Stack {
  readonly #connections: ConnectionsTable
  readonly #signIns: SignInsTable
  readonly #secrets: Secrets
  readonly #api: ServiceHttpApi
  readonly #events: StateEvents
  readonly #make: (name: FunctionName) => ServiceFunction

  constructor(scope: Construct, id: string, { settings, bundles }: DynamicsConnectStackProps) {
    super(scope, id, {
      description: 'Keeps customers connected to their Dynamics 365 environments',
    })
    const keeping = this.#keeping(settings)
    this.#connections = new ConnectionsTable(this, 'Connections', {
      ...keeping,
      existingStreamArn: settings.connectionsStreamArn,
    })
    this.#signIns = new SignInsTable(this, 'SignIns', keeping)
    const rotatesKeyrings = settings.keyRotationDays > 0
    this.#secrets = new Secrets(this, 'Secrets', { keeping, rotatesKeyrings })
    this.#api = new ServiceHttpApi(this, 'HttpApi', { domain: settings.domain, keeping })
    this.#make = (name) =>
      new ServiceFunction(this, name, {
        ...FUNCTION_SIZES[name],
        bundle: join(bundles, name),
        keeping,
        tracing: settings.tracing,
        reservedConcurrency: settings.reservedConcurrency[name],
      })
    const functions = this.#functions()
    this.#api.addRoutes(ROUTES, functions)
    const events = this.#make('events')
    this.#events = new StateEvents(this, 'StateEvents', { events, connections: this.#connections })
    this.#signIns.grantItems(events, 'UpdateItem')
    new SweepSchedule(this, 'Sweep', { refresh: functions.refresh, shards: settings.shards })
    const publicUrl = settings.publicUrl ?? this.#api.url
    configure(functions, { ...settings, publicUrl })
    this.#grant(functions)
    if (settings.appCredential === 'federated') this.#federate(functions)
    const workers = rotatesKeyrings
      ? { events, rotation: this.#rotateKeyrings(settings.keyRotationDays) }
      : { events }
    this.#watch({ functions, workers }, settings)
    this.#tell(publicUrl, functions)
  }

  #keeping({ removalPolicy, logRetention, customerManagedKey }: ServiceSettings): Keeping {
    const whenRemoved = REMOVAL_POLICIES[removalPolicy]
    const existingArn = typeof customerManagedKey === 'string' ? customerManagedKey : undefined
    const key = customerManagedKey
      ? new StackKey(this, 'Encryption', { removalPolicy: whenRemoved, existingArn })
      : undefined
    return { removalPolicy: whenRemoved, logRetention, key }
  }

  #functions(): Functions {
    return {
      authorize: this.#make('authorize'),
      callback: this.#make('callback'),
      token: this.#make('token'),
      refresh: this.#make('refresh'),
      api: this.#make('api'),
      console: this.#make('console'),
    }
  }

  /** Who may do what: all of it, and nothing by a wildcard. */
  #grant(functions: Functions): void {
    const { authorize, callback, refresh, token, api } = functions
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
    this.#connections.grantQuery(refresh, STATUS_INDEX)
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
    this.#connections.grantQuery(api, DIRECTORY_INDEXES.newest)
    this.#signIns.grantItems(api, 'PutItem')
    this.#secrets.apiAccess.grantRead(api)
    refresh.grantInvoke(api, ENV.refreshFunction)
    this.#grantConsole(functions)
  }

  /** AWS vouches for those who send token requests, and the console tells whom Microsoft has to trust. */
  #federate({ callback, refresh, console }: Functions): void {
    grantIdentityToken(callback, refresh)
    console.set(ENV.callbackRole, callback.roleArn)
    console.set(ENV.refreshRole, refresh.roleArn)
  }

  /** It opens no token, and writes the credential of the app without reading it. */
  #grantConsole({ console, refresh }: Functions): void {
    this.#connections.grantItems(console, 'GetItem', 'BatchGetItem')
    this.#connections.grantItems(console, 'PutItem', 'UpdateItem', 'DeleteItem')
    this.#connections.grantQuery(console, ACCOUNT_INDEX)
    for (const index of Object.values(DIRECTORY_INDEXES)) {
      this.#connections.grantQuery(console, index)
    }
    this.#signIns.grantItems(console, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem')
    this.#secrets.apiAccess.grantChange(console)
    this.#secrets.consoleAccess.grantChange(console)
    this.#secrets.appCredential.grantWrite(console)
    refresh.grantInvoke(console, ENV.refreshFunction)
  }

  /** @returns the function that Secrets Manager calls for it */
  #rotateKeyrings(days: number): ServiceFunction {
    const rotation = this.#make('rotation')
    const { accessTokenKeyring, refreshTokenKeyring } = this.#secrets
    const keyrings = {
      AccessTokenKeyring: accessTokenKeyring,
      RefreshTokenKeyring: refreshTokenKeyring,
    }
    new KeyringRotation(this, 'KeyringRotation', { rotation, keyrings, days })
    return rotation
  }

  #watch(watched: Pick<WatchProps, 'functions' | 'workers'>, settings: ServiceSettings): void {
    new Watch(this, 'Watch', {
      ...watched,
      api: this.#api,
      tables: [
        { tableName: this.#connections.tableName, schema: CONNECTIONS_TABLE },
        { tableName: this.#signIns.tableName, schema: SIGN_INS_TABLE },
      ],
      deadLetters: this.#events.deadLetters,
      shards: settings.shards,
      alarmMail: settings.alarmMail,
    })
  }

  #tell(publicUrl: string, { callback, refresh, token }: Functions): void {
    const outputs: Outputs = {
      apiUrl: this.#api.url,
      replyUrl: `${publicUrl}${CALLBACK_PATH}`,
      consoleUrl: `${publicUrl}${CONSOLE_PATH}`,
      connectionsTable: this.#connections.tableName,
      signInsTable: this.#signIns.tableName,
      eventBus: this.#events.busName,
      appCredentialSecret: this.#secrets.appCredential.secretArn,
      accessTokenKeyringSecret: this.#secrets.accessTokenKeyring.secretArn,
      refreshTokenKeyringSecret: this.#secrets.refreshTokenKeyring.secretArn,
      apiAccessSecret: this.#secrets.apiAccess.secretArn,
      consoleAccessSecret: this.#secrets.consoleAccess.secretArn,
      tokenFunction: token.lambda.functionArn,
      refreshFunction: refresh.lambda.functionName,
      version: VERSION,
      callbackRole: callback.roleArn,
      refreshRole: refresh.roleArn,
    }
    for (const key of Object.keys(OUTPUT) as (keyof Outputs)[]) {
      new CfnOutput(this, OUTPUT[key], { value: outputs[key], description: DESCRIPTIONS[key] })
    }
  }
}

function configure(functions: Functions, settings: ServiceSettings & { publicUrl: string }): void {
  const { authorize, callback, refresh, token, api, console } = functions
  const give = (variable: Variable, value: string, ...to: readonly ServiceFunction[]) => {
    for (const fn of to) {
      fn.set(variable, value)
    }
  }
  give(ENV.publicUrl, settings.publicUrl, authorize, callback, refresh, token, api, console)
  give(ENV.allowedOrigins, settings.allowedOrigins.join(','), authorize, console)
  give(ENV.clouds, settings.clouds.join(','), authorize, callback, refresh, api, console)
  give(ENV.refreshPolicy, settings.refreshPolicy, callback, refresh, console)
  give(ENV.shards, String(settings.shards), console)
}
