/** What the app may do on behalf of a person: the API, and in it the ids of the permissions. */
const PERMISSIONS = [
  {
    // Dynamics CRM: user_impersonation
    resourceAppId: '00000007-0000-0000-c000-000000000000',
    ids: ['78ce3f0f-a1ce-49c2-8cde-64b5c0896db4'],
  },
  {
    // Microsoft Graph: openid, profile, offline_access
    resourceAppId: '00000003-0000-0000-c000-000000000000',
    ids: [
      '37f7f235-527c-4136-accd-4a02d197296e',
      '14dad69e-099b-42c9-810b-d002981feec1',
      '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
    ],
  },
] as const

/**
 * The commands that register the app with Microsoft, for a POSIX shell. The last one prints the client id
 * (`appId`), the client secret (`password`) and the partner's tenant.
 * @see https://learn.microsoft.com/en-us/cli/azure/ad/app
 */
export function registerCommands(app: {
  readonly displayName: string
  readonly replyUrl: string
}): string {
  const accesses = PERMISSIONS.map(({ resourceAppId, ids }) => {
    const resourceAccess = ids.map((id) => ({ id, type: 'Scope' }))
    return JSON.stringify({ resourceAppId, resourceAccess })
  })
  return `cat > permissions.json <<'JSON'
[${accesses.join(',\n ')}]
JSON
appId=$(az ad app create --display-name ${quoted(app.displayName)} \\
  --sign-in-audience AzureADMultipleOrgs \\
  --web-redirect-uris ${quoted(app.replyUrl)} \\
  --required-resource-accesses @permissions.json --query appId --output tsv)
az ad app credential reset --id "$appId" --display-name dynamics-connect --years 1`
}

/** A word of a POSIX shell that stands for the text and nothing else. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
