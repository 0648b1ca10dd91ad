import { Duration, Validations } from 'aws-cdk-lib'
import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { ENV } from '../functions/config.ts'
import type { HttpFunction } from '../functions/http/routes.ts'
import { type Keeping, ServiceLog } from './keeping.ts'

/** What is deployed, by the name of its folder. */
export type FunctionName = HttpFunction | 'events' | 'rotation'

/** What one function is made of. */
export interface ServiceFunctionProps {
  /** The folder of its bundle. */
  readonly bundle: string
  readonly description: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
  readonly keeping: Keeping
  /** Whether X-Ray follows what it does. */
  readonly tracing: boolean
  /** How many runs are kept for it, which is also the most that it gets; without it as many as the account has. */
  readonly reservedConcurrency?: number | undefined
}

/** What a function may do, and to which resources exactly. */
export interface Permission {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Under which conditions; without any always. */
  readonly conditions?: Conditions
}

/** The name of a variable that the functions know. */
export type Variable = (typeof ENV)[keyof typeof ENV]

/** One Lambda function with its own role, which may write to its own log and nothing else. */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly roleArn: string

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id)
    const logGroup = new ServiceLog(this, 'Log', props.keeping)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.roleArn = role.roleArn
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: 'index.handler',
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.tracing ? { tracing: Tracing.ACTIVE } : {}),
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    })
    this.#acknowledge(props)
    this.permit({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    })
  }

  #acknowledge({ tracing }: ServiceFunctionProps): void {
    Validations.of(this).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason:
          'only an asynchronous call ends in such a queue: API Gateway and event sources wait for the answer, and what a schedule starts is done by its next run',
      },
      tracing
        ? {
            id: 'AwsSolutions-IAM5[Resource::*]',
            reason: 'X-Ray knows no resources: traces are put for the account or not at all',
          }
        : {
            id: 'Serverless-LambdaTracing',
            reason:
              'metrics and logs answer what is asked of this service, and traces are paid for one by one; the setting "tracing" switches them on',
          },
    )
  }

  /** Adds to what the function may do. */
  permit({ actions, resources, conditions = {} }: Permission): void {
    this.lambda.addToRolePolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    )
  }

  /** Lets another function invoke this one, and tells it the name. */
  grantInvoke(caller: ServiceFunction, variable: Variable): void {
    caller.permit({
      actions: ['lambda:InvokeFunction'],
      resources: [this.lambda.functionArn],
    })
    caller.set(variable, this.lambda.functionName)
  }

  /** Sets one variable that the function reads when it starts. */
  set(variable: Variable, value: string): void {
    this.lambda.addEnvironment(variable, value)
  }
}
