import { Stack, Validations } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  HttpApi,
  HttpIntegrationType,
  HttpMethod,
  HttpRoute,
  HttpRouteIntegration,
  type HttpRouteIntegrationConfig,
  HttpRouteKey,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { HttpFunction, ROUTES } from '../functions/http/routes.ts'
import { CustomDomain } from './custom-domain.ts'
import { type Keeping, ServiceLog } from './keeping.ts'
import type { ServiceFunction } from './service-function.ts'
import type { DomainSettings } from './settings.ts'

/** Bounds the bill of a flood; far above what a partner's backend asks for. */
const THROTTLE = { rateLimit: 500, burstLimit: 1000 } as const

/**
 * What is logged of a request. Never the path or the query: a callback's query holds a code, a sign-in
 * link's its token, and nothing keeps a caller from writing a secret into a path. The route says enough.
 */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  error: '$context.error.responseType',
} as const

/** How the API is reached, and how its log is kept. */
export interface ServiceHttpApiProps {
  /** The partner's own host name; then the one that AWS gives the API does not answer. */
  readonly domain: DomainSettings | undefined
  readonly keeping: Keeping
}

/** The HTTP surface: each route of the table, answered by its function. */
export class ServiceHttpApi extends Construct {
  /** The origin at which the API answers, without a slash at the end. */
  readonly url: string
  readonly apiId: string
  readonly accessLog: ILogGroup
  readonly #api: HttpApi

  constructor(scope: Construct, id: string, { domain, keeping }: ServiceHttpApiProps) {
    super(scope, id)
    this.#api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Sign-in, tokens and management',
      createDefaultStage: false,
      ...(domain === undefined ? {} : { disableExecuteApiEndpoint: true }),
    })
    this.apiId = this.#api.apiId
    this.accessLog = this.#addStage({ domain, keeping })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'browsers come without credentials, to pages whose links, cookies and states prove themselves; a management call has its bearer token verified in its function, which knows the account that it is bound to',
    })
    this.url = domain === undefined ? this.#api.apiEndpoint : `https://${domain.name}`
  }

  /** Sends every route of the table to its function. */
  addRoutes(
    routes: typeof ROUTES,
    functions: Readonly<Record<HttpFunction, ServiceFunction>>,
  ): void {
    for (const name of Object.keys(routes) as HttpFunction[]) {
      const { lambda } = functions[name]
      const integration = new PayloadV2Integration(name, lambda.functionArn)
      for (const route of routes[name]) {
        new HttpRoute(this, route, { httpApi: this.#api, routeKey: routeKeyOf(route), integration })
      }
      this.#permitInvoke(name, lambda)
    }
  }

  /**
   * One permission per function, since one per route nears the size limit of a function's policy.
   * `STAGE/METHOD/path` and `STAGE/$default` must both match, which CDK's own `/*` of three parts does not.
   */
  #permitInvoke(name: HttpFunction, lambda: LambdaFunction): void {
    lambda.addPermission('HttpApi', {
      scope: new Construct(this, `invoke-${name}`),
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.#api.apiId,
        resourceName: '*/*',
      }),
    })
  }

  #addStage({ domain, keeping }: ServiceHttpApiProps): ILogGroup {
    const log = new ServiceLog(this, 'AccessLog', keeping)
    const stage = this.#api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    })
    if (domain !== undefined) new CustomDomain(this, 'Custom', domain).pointTo(this.#api, stage)
    return log
  }
}

/** Hands the request to a function in payload format 2.0, the one that its handler reads. */
class PayloadV2Integration extends HttpRouteIntegration {
  readonly #functionArn: string

  constructor(id: string, functionArn: string) {
    super(id)
    this.#functionArn = functionArn
  }

  override bind(): HttpRouteIntegrationConfig {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.#functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    }
  }
}

function routeKeyOf(route: string): HttpRouteKey {
  const [method, path] = route.split(' ')
  return path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, methodOf(method))
}

function methodOf(name: string | undefined): HttpMethod {
  const method = Object.values(HttpMethod).find((known) => known === name)
  if (method === undefined) {
    throw new Error(`"${name}" is no HTTP method: write the route as "GET /path"`)
  }
  return method
}
