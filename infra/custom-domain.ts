import { CfnOutput } from 'aws-cdk-lib'
import {
  ApiMapping,
  DomainName,
  type HttpApi,
  type IHttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53'
import { Construct } from 'constructs'
import type { DomainSettings } from './settings.ts'

/** Tells where the DNS record of the custom domain has to point. */
export const DNS_TARGET_OUTPUT = 'DnsTarget'

/**
 * The partner's own host name in front of the API. Microsoft sends people to it, so it has to outlive
 * the API, whose own name changes when it is made anew.
 */
export class CustomDomain extends Construct {
  readonly #domainName: DomainName

  constructor(
    scope: Construct,
    id: string,
    { name, certificateArn, hostedZoneId }: DomainSettings,
  ) {
    super(scope, id)
    this.#domainName = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    if (hostedZoneId !== undefined) this.#addRecord(hostedZoneId)
    this.#tell()
  }

  /** Has requests to the domain answered by one stage. */
  pointTo(api: HttpApi, stage: IHttpStage): void {
    new ApiMapping(this, 'Mapping', { api, stage, domainName: this.#domainName })
  }

  #addRecord(hostedZoneId: string): void {
    const { name, regionalDomainName, regionalHostedZoneId } = this.#domainName
    new CfnRecordSet(this, 'Record', {
      hostedZoneId,
      name,
      type: 'A',
      aliasTarget: { dnsName: regionalDomainName, hostedZoneId: regionalHostedZoneId },
    })
  }

  #tell(): void {
    const output = new CfnOutput(this, DNS_TARGET_OUTPUT, {
      value: this.#domainName.regionalDomainName,
      description: 'Where the DNS record of the domain points, by a CNAME or an alias',
    })
    output.overrideLogicalId(DNS_TARGET_OUTPUT)
  }
}
