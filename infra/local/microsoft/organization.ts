import type { Environment } from './directory.ts'

const ACCOUNTS = [
  {
    accountid: '7f3c1a90-5b2e-4d68-a174-0c9e8d6f2b01',
    name: 'A. Datum Corporation',
    accountnumber: 'ACC-1001',
    telephone1: '+44 20 7946 0101',
    address1_city: 'London',
    websiteurl: 'https://adatum.example',
    revenue: 1250000,
    numberofemployees: 84,
    statecode: 0,
  },
  {
    accountid: 'b20e9d47-86c5-4f31-92ab-4d7f1e6a3c02',
    name: 'Blue Yonder Airlines',
    accountnumber: 'ACC-1002',
    telephone1: '+1 425 555 0102',
    address1_city: 'Redmond',
    websiteurl: 'https://blueyonder.example',
    revenue: 98000000,
    numberofemployees: 2600,
    statecode: 0,
  },
  {
    accountid: 'e5a8470c-1d93-4b26-8fe0-6b3c9a5d4e03',
    name: 'Coho Winery',
    accountnumber: 'ACC-1003',
    telephone1: '+33 1 55 55 01 03',
    address1_city: 'Bordeaux',
    websiteurl: 'https://cohowinery.example',
    revenue: 430000,
    numberofemployees: 12,
    statecode: 0,
  },
] as const

/** The sample rows, with the columns that `$select` names and as many as `$top` allows. */
export function sampleAccounts(parameters: URLSearchParams): readonly object[] {
  const columns = parameters
    .get('$select')
    ?.split(',')
    .map((column) => column.trim())
  const top = Number(parameters.get('$top') ?? ACCOUNTS.length)
  return ACCOUNTS.slice(0, Number.isInteger(top) && top >= 0 ? top : undefined).map(
    (row, index) => {
      const kept = Object.entries(row).filter(
        ([column]) => column === 'accountid' || (columns?.includes(column) ?? true),
      )
      return { '@odata.etag': `W/"${1000 + index}"`, ...Object.fromEntries(kept) }
    },
  )
}

/** What `RetrieveCurrentOrganization` says of an environment. */
export function organizationDetail(environment: Environment, version: string): object {
  const { host, organizationId, environmentId, friendlyName, region, tenantId } = environment
  const origin = `https://${host}`
  const [urlName] = host.split('.')
  const endpoints = {
    WebApplication: `${origin}/`,
    OrganizationService: `${origin}/XRMServices/2011/Organization.svc`,
    OrganizationDataService: `${origin}/XRMServices/2011/OrganizationData.svc`,
  }
  return {
    OrganizationId: organizationId,
    FriendlyName: friendlyName,
    OrganizationVersion: version,
    EnvironmentId: environmentId,
    DatacenterId: '7b8f4f21-0c3e-4a67-9d15-2e6b0a9c8d70',
    Geo: region,
    TenantId: tenantId,
    UrlName: urlName,
    UniqueName: uniqueName(organizationId),
    State: 'Enabled',
    OrganizationType: environment.organizationType === 0 ? 'Customer' : 'CustomerTest',
    Endpoints: {
      Count: Object.keys(endpoints).length,
      IsReadOnly: false,
      Keys: Object.keys(endpoints),
      Values: Object.values(endpoints),
    },
  }
}

/** The name of an organization that nobody chose: `unq` and a part of its id. */
export function uniqueName(organizationId: string): string {
  return `unq${organizationId.replaceAll('-', '').slice(0, 29)}`
}
