import { readFile, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { isObject } from '../client/json.ts'
import { UsageError } from './command-error.ts'
import { makeFolderOf, writePrivately } from './private-file.ts'
import type { Surroundings } from './surroundings.ts'

/** What `login` keeps. */
export interface StoredLogin {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** The account that commands are about unless they name another one. */
  readonly account?: string | undefined
}

type Place = Pick<Surroundings, 'env' | 'platform' | 'homeFolder'>

/** Where it is kept, as the XDG base directory specification and Windows have it. */
export function loginFile({ env, platform, homeFolder }: Place): string {
  const folder =
    platform === 'win32'
      ? (env.APPDATA ?? join(homeFolder, 'AppData', 'Roaming'))
      : xdgFolder(env.XDG_CONFIG_HOME, homeFolder)
  return join(folder, 'dynamics-connect', 'config.json')
}

/** The specification has relative paths ignored. */
function xdgFolder(configured: string | undefined, homeFolder: string): string {
  return configured && isAbsolute(configured) ? configured : join(homeFolder, '.config')
}

/** @returns `undefined` when there is none. @throws UsageError when it cannot be read as one. */
export async function readLogin(place: Place): Promise<StoredLogin | undefined> {
  const path = loginFile(place)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  const login = loginOf(text)
  if (login) return login
  throw new UsageError(`${path} cannot be read: run dynamics-connect login again`)
}

export async function writeLogin(place: Place, login: StoredLogin): Promise<void> {
  const path = loginFile(place)
  await makeFolderOf(path)
  await writePrivately(path, (file) => file.writeFile(`${JSON.stringify(login, null, 2)}\n`))
}

/** @returns whether there was one. */
export async function removeLogin(place: Place): Promise<boolean> {
  try {
    await rm(loginFile(place))
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function loginOf(text: string): StoredLogin | undefined {
  const json = parsed(text)
  if (!isObject(json)) return undefined
  const { url, clientId, clientSecret, account } = json
  const isWhole = isText(url) && isText(clientId) && isText(clientSecret)
  if (!isWhole || !(account === undefined || isText(account))) return undefined
  return { url, clientId, clientSecret, account }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
