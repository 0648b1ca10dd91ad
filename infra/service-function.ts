import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { ENV } from '../functions/config.ts'

/** How long logs are kept: long enough to look into what a customer reports a season later. */
export const LOG_RETENTION = RetentionDays.THREE_MONTHS

/** What one function is made of. */
export interface ServiceFunctionProps {
  /** The folder of its bundle. */
  readonly bundle: string
  readonly description: string
  readonly memoryMiB: number
  readonly timeoutSeconds: number
}

/** What a function may do, and to which resources exactly. */
export interface Permission {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Under which conditions; without any always. */
  readonly conditions?: Readonly<Record<string, unknown>>
}

/** The name of a variable that the functions know. */
export type Variable = (typeof ENV)[keyof typeof ENV]

/** One Lambda function with its own role, which may write to its own log and nothing else. */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly roleArn: string

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Log', {
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    })
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
    })
    this.permit({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    })
  }

  /** Adds to what the function may do. */
  permit({ actions, resources, conditions }: Permission): void {
    this.lambda.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
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
