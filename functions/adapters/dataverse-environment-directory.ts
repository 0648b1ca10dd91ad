import type { Cloud } from '../domain/clouds.ts'
import type {
  EnvironmentDirectory,
  EnvironmentPurpose,
  ListedEnvironment,
} from '../domain/environment-directory.ts'
import { parseResource } from '../domain/resource.ts'
import { type DataverseLocation, dataverseUrl } from './dataverse-location.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'
import { outboundFetch } from './outbound-fetch.ts'

const COLUMNS = 'FriendlyName,Url,Region,OrganizationType,State'
const INSTANCES = `/api/discovery/v2.0/Instances?$select=${COLUMNS}`

/** `State` of an environment that can be used. */
const ENABLED = 0

/** More than any list that a person could pick from. */
const MOST_ENVIRONMENTS = 500

const LONGEST_NAME = 200

/** @see https://learn.microsoft.com/en-us/power-apps/developer/data-platform/discovery-service */
const PURPOSES: ReadonlyMap<unknown, EnvironmentPurpose> = new Map<unknown, EnvironmentPurpose>([
  [0, 'production'],
  [5, 'sandbox'],
  [6, 'sandbox'],
  [11, 'trial'],
  [14, 'trial'],
  [12, 'default'],
  [13, 'developer'],
  [15, 'teams'],
])

/** Global Discovery: what a person can reach, in one call. */
export function dataverseEnvironmentDirectory(location: DataverseLocation): EnvironmentDirectory {
  return {
    list: async (cloud, accessToken, signal) => {
      const url = `${dataverseUrl(location, cloud.discoveryHost)}${INSTANCES}`
      const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
      const response = await outboundFetch(url, { headers, signal }).catch(() => undefined)
      if (response?.status === 401 || response?.status === 403) return { outcome: 'rejected' }
      const rows = response?.status === 200 ? rowsOf(await response.text()) : undefined
      if (rows === undefined) return { outcome: 'unavailable' }
      return { outcome: 'listed', environments: environmentsOf(rows, cloud) }
    },
  }
}

type Row = Readonly<Record<string, unknown>>

function rowsOf(text: string): readonly Row[] | undefined {
  const value = jsonObjectOf(text)?.value
  return Array.isArray(value) ? value.filter(isRow) : undefined
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null
}

function environmentsOf(rows: readonly Row[], cloud: Cloud): readonly ListedEnvironment[] {
  return rows
    .flatMap((row) => environmentOf(row, cloud))
    .sort((one, other) => one.name.localeCompare(other.name))
    .slice(0, MOST_ENVIRONMENTS)
}

/** Nothing of a row that is switched off or that is not at an address of the cloud's. */
function environmentOf(row: Row, cloud: Cloud): readonly ListedEnvironment[] {
  const parsed = parseResource(optionalText(row, 'Url') ?? '', [cloud.name])
  if (parsed.outcome === 'refused' || (row.State ?? ENABLED) !== ENABLED) return []
  const { resource } = parsed
  const name = optionalText(row, 'FriendlyName')?.slice(0, LONGEST_NAME) ?? resource
  const purpose = PURPOSES.get(row.OrganizationType) ?? 'other'
  return [{ resource, name, region: optionalText(row, 'Region')?.slice(0, 20), purpose }]
}
