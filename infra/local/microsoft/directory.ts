/** Who may let an application in: every user for himself, or administrators only. */
type ConsentPolicy = 'users' | 'admins'

/** One Microsoft Entra tenant of the stand-in. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly consentPolicy: ConsentPolicy
}

/** One Dataverse environment; `host` is its address, e.g. `example.crm.dynamics.com`. */
export interface Environment {
  readonly host: string
  readonly tenantId: string
  readonly friendlyName: string
  readonly organizationId: string
  readonly environmentId: string
  readonly businessUnitId: string
  readonly region: string
  /** 0 is production, 5 is sandbox. */
  readonly organizationType: number
}

/** One account on the sign-in page. */
export interface User {
  readonly username: string
  readonly name: string
  readonly homeTenantId: string
  /** The object id in every tenant that knows the account: its own and those where it is a guest. */
  readonly objectIds: Readonly<Record<string, string>>
  readonly admin: boolean
  /** Hosts of the environments where the account has a role. */
  readonly roles: readonly string[]
  /** What the sign-in page says about the account. */
  readonly description: string
}

const CONTOSO = '5c1e4f6b-7a40-4b0c-9d52-0f6c2b8e1a31'
const FABRIKAM = 'b3a9d0f2-64d8-4f17-8a6e-95c1d7e20b44'
const NORTHWIND = 'e07c52a8-1f9b-4c63-b5d4-3a8e6f10c957'

/** The tenant of all personal accounts, which no authority of an organization admits. */
export const PERSONAL_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Where a signed-in user asks which environments he may see; every tenant has it. */
export const GLOBAL_DISCOVERY_HOST = 'globaldisco.crm.dynamics.com'

/** The tenants, by the name that tests and pages use. */
export const TENANTS = {
  contoso: tenant(CONTOSO, 'Contoso', 'users'),
  fabrikam: tenant(FABRIKAM, 'Fabrikam', 'users'),
  northwind: tenant(NORTHWIND, 'Northwind', 'admins'),
} as const satisfies Record<string, Tenant>

/** Where the application is registered. */
export const APP_TENANT_ID = CONTOSO

/** Every environment, each in one tenant. */
export const ENVIRONMENTS: readonly Environment[] = [
  {
    host: 'example.crm.dynamics.com',
    tenantId: CONTOSO,
    friendlyName: 'Contoso Example',
    organizationId: '2d1b7c90-4e85-4a3f-8c16-7b9e05d4f201',
    environmentId: '8f60a1c3-92d7-4e58-b7a4-1c3d5e6f7081',
    businessUnitId: '41c8e2d6-03b7-4f95-a18d-6e2f90b7c513',
    region: 'NA',
    organizationType: 0,
  },
  {
    host: 'contoso.crm4.dynamics.com',
    tenantId: CONTOSO,
    friendlyName: 'Contoso',
    organizationId: '93e5f70a-b6c2-4d18-9e47-50a3c8d1b602',
    environmentId: 'a4d2830e-5b19-4f6c-8e73-29b0c7d6e5f2',
    businessUnitId: '6b0f94a2-d7e3-4c58-b291-f3a5e8d0c724',
    region: 'EMEA',
    organizationType: 0,
  },
  {
    host: 'contoso-dev.crm4.dynamics.com',
    tenantId: CONTOSO,
    friendlyName: 'Contoso Development',
    organizationId: '07f4b8d3-2a61-4e9c-b5d0-8c6e1f3a9703',
    environmentId: 'c9e71b54-08a3-4d2f-96b8-5f4e3d2c1b03',
    businessUnitId: 'd52e80b6-9c47-4a1f-8d63-07b4f9e2a835',
    region: 'EMEA',
    organizationType: 5,
  },
  {
    host: 'fabrikam.crm4.dynamics.com',
    tenantId: FABRIKAM,
    friendlyName: 'Fabrikam',
    organizationId: '5ea2c619-f8d4-4b07-a3c5-91d0e7b6f804',
    environmentId: 'e1b8d407-3c6f-4a95-8d20-7a9b6c5d4e04',
    businessUnitId: '180d7f3c-b5e9-4264-9fa8-c2d6e1b0a946',
    region: 'EMEA',
    organizationType: 0,
  },
  {
    host: 'northwind.crm11.dynamics.com',
    tenantId: NORTHWIND,
    friendlyName: 'Northwind Traders',
    organizationId: 'bc90d5e7-6f13-4a82-8b4e-3d7c2a1f5905',
    environmentId: 'f5a3e962-71d0-4b8c-a4e7-0d1c2b3a4f05',
    businessUnitId: 'e83b61d9-4a0c-4f57-b1e2-9d5f7c60ba57',
    region: 'GBR',
    organizationType: 0,
  },
]

/** The part that an account plays in a test. */
type Role =
  | 'contosoAdmin'
  | 'contosoMember'
  | 'contosoWithoutRole'
  | 'fabrikamGuest'
  | 'fabrikamMember'
  | 'northwindMember'
  | 'northwindAdmin'
  | 'personal'

/** The accounts, by the part that they play. */
export const USERS: Readonly<Record<Role, User>> = {
  contosoAdmin: {
    username: 'ana.costa@contoso.example',
    name: 'Ana Costa',
    homeTenantId: CONTOSO,
    objectIds: { [CONTOSO]: '0a6f1c52-9d3e-4b87-a1c4-e5f7082b3d11' },
    admin: true,
    roles: hostsOf(CONTOSO),
    description: 'administrator of Contoso',
  },
  contosoMember: {
    username: 'mark.olsen@contoso.example',
    name: 'Mark Olsen',
    homeTenantId: CONTOSO,
    objectIds: { [CONTOSO]: '7d2b90e4-5c18-4f6a-b3d7-1e9c4a60f812' },
    admin: false,
    roles: hostsOf(CONTOSO),
    description: 'member of Contoso',
  },
  contosoWithoutRole: {
    username: 'nora.reyes@contoso.example',
    name: 'Nora Reyes',
    homeTenantId: CONTOSO,
    objectIds: { [CONTOSO]: 'c48e3f07-b1d9-4a25-8e60-d7f2915b0a13' },
    admin: false,
    roles: [],
    description: 'member of Contoso, has no Dataverse role',
  },
  fabrikamGuest: {
    username: 'frank.miller@fabrikam.example',
    name: 'Frank Miller',
    homeTenantId: FABRIKAM,
    objectIds: {
      [FABRIKAM]: '31f7a5d8-0e6c-4b92-9a4d-86c2e0b7f514',
      [CONTOSO]: '9be04c16-d2a7-4853-b6f1-24d8a9e37c15',
    },
    admin: false,
    roles: [...hostsOf(FABRIKAM), 'example.crm.dynamics.com', 'contoso.crm4.dynamics.com'],
    description: 'member of Fabrikam, guest of Contoso',
  },
  fabrikamMember: {
    username: 'fiona.adams@fabrikam.example',
    name: 'Fiona Adams',
    homeTenantId: FABRIKAM,
    objectIds: { [FABRIKAM]: 'e6d19b83-7f40-4c5e-a2b8-f05d3c71e916' },
    admin: true,
    roles: hostsOf(FABRIKAM),
    description: 'administrator of Fabrikam, unknown to other tenants',
  },
  northwindMember: {
    username: 'nils.berg@northwind.example',
    name: 'Nils Berg',
    homeTenantId: NORTHWIND,
    objectIds: { [NORTHWIND]: '58c0e7f2-a394-4d1b-86e5-b9f1d2074a17' },
    admin: false,
    roles: hostsOf(NORTHWIND),
    description: 'member of Northwind, where only an administrator can consent',
  },
  northwindAdmin: {
    username: 'nadia.holm@northwind.example',
    name: 'Nadia Holm',
    homeTenantId: NORTHWIND,
    objectIds: { [NORTHWIND]: 'f2a85d60-1b7e-4936-9cd4-07e3b8f65218' },
    admin: true,
    roles: hostsOf(NORTHWIND),
    description: 'administrator of Northwind',
  },
  personal: {
    username: 'pia.lund@outlook.example',
    name: 'Pia Lund',
    homeTenantId: PERSONAL_ACCOUNTS,
    objectIds: { [PERSONAL_ACCOUNTS]: '00000000-0000-0000-4c1d-8e5b70a2f319' },
    admin: false,
    roles: [],
    description: 'personal account, unknown to every organization',
  },
}

/** The tenant with this id or domain, whatever its letter case. */
export function findTenant(name: string): Tenant | undefined {
  const wanted = name.toLowerCase()
  return Object.values<Tenant>(TENANTS).find(({ id, domain }) => wanted === id || wanted === domain)
}

/** The environment at this host; `ORG.api.crmN…` names the same one as `ORG.crmN…`. */
export function findEnvironment(host: string): Environment | undefined {
  const canonical = host.toLowerCase().replace(/^([^.]+)\.api\./, '$1.')
  return ENVIRONMENTS.find((known) => known.host === canonical)
}

/** The account with this username. */
export function findUser(username: string): User | undefined {
  return allUsers().find((known) => known.username === username.toLowerCase())
}

/** The account that has this object id in this tenant. */
export function findUserByObjectId(tenantId: string, objectId: string): User | undefined {
  return allUsers().find((known) => known.objectIds[tenantId] === objectId)
}

/** Every account, in the order of the sign-in page. */
export function allUsers(): readonly User[] {
  return Object.values(USERS)
}

/** Who can consent for the whole tenant. */
export function adminsOf(tenantId: string): readonly User[] {
  return allUsers().filter((user) => user.admin && user.homeTenantId === tenantId)
}

function tenant(id: string, name: string, consentPolicy: ConsentPolicy): Tenant {
  return { id, name, domain: `${name.toLowerCase()}.example`, consentPolicy }
}

function hostsOf(tenantId: string): readonly string[] {
  return ENVIRONMENTS.filter((known) => known.tenantId === tenantId).map((known) => known.host)
}
