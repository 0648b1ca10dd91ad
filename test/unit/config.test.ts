import { describe, expect, test } from 'vitest'
import {
  cloudsOf,
  ENV,
  readAllowedOrigins,
  readRefreshPolicy,
  readSeams,
  readSettings,
  readShards,
} from '../../functions/config.ts'

const invalid = expect.objectContaining({ name: 'ServiceError', code: 'configuration_invalid' })

describe('the settings of a function', () => {
  test('are those that it asks for and no others', () => {
    const env = {
      PUBLIC_URL: 'https://connect.example',
      SIGN_INS_TABLE: 'sign-ins',
      CLOUDS: 'commercial',
    }
    expect(readSettings(env, ['publicUrl', 'signInsTable'])).toEqual({
      publicUrl: 'https://connect.example',
      signInsTable: 'sign-ins',
    })
  })

  test('name everything that is missing at once, by the name of its variable', () => {
    const env = { PUBLIC_URL: 'https://connect.example', SIGN_INS_TABLE: '' }
    const read = () => readSettings(env, ['publicUrl', 'signInsTable', 'connectionsTable'])
    expect(read).toThrow(invalid)
    expect(read).toThrow('set SIGN_INS_TABLE, CONNECTIONS_TABLE')
  })

  test('have a variable of its own each', () => {
    const names = Object.values(ENV)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('the number of shards', () => {
  test.each(['1', '4', '64'])('is what is set: %s', (SHARDS) => {
    expect(readShards({ SHARDS })).toBe(Number(SHARDS))
  })

  test.each([undefined, '', '0', '65', '1.5', 'four'])('is none that cannot be: %s', (SHARDS) => {
    expect(() => readShards({ ...(SHARDS !== undefined && { SHARDS }) })).toThrow(invalid)
    expect(() => readShards({})).toThrow('set SHARDS to a whole number from 1 to 64')
  })
})

describe('the seams', () => {
  test('are closed in production', () => {
    expect(readSeams({ ENTRA_BASE_URL: '' })).toEqual({
      entraBaseUrl: undefined,
      dataverseBaseUrl: undefined,
    })
  })

  test('lead elsewhere, with or without a slash at the end', () => {
    const env = { ENTRA_BASE_URL: 'http://localhost:4000/', DATAVERSE_BASE_URL: 'http://a.b/c//' }
    expect(readSeams(env)).toEqual({
      entraBaseUrl: 'http://localhost:4000',
      dataverseBaseUrl: 'http://a.b/c',
    })
  })
})

describe('the allowed origins', () => {
  test('are a list', () => {
    const env = { ALLOWED_ORIGINS: ' https://a.example ,, https://b.example,' }
    expect(readAllowedOrigins(env)).toEqual(['https://a.example', 'https://b.example'])
  })

  test.each([{}, { ALLOWED_ORIGINS: '' }, { ALLOWED_ORIGINS: ' , ' }])(
    'are none unless they are set: %j',
    (env) => {
      expect(readAllowedOrigins(env)).toEqual([])
    },
  )
})

describe('the refresh policy', () => {
  test.each([{}, { REFRESH_POLICY: '' }, { REFRESH_POLICY: 'adaptive' }])(
    'is adaptive unless another is set: %j',
    (env) => {
      expect(readRefreshPolicy(env)).toBe('adaptive')
    },
  )

  test('may be always-hot, and nothing else', () => {
    expect(readRefreshPolicy({ REFRESH_POLICY: 'always-hot' })).toBe('always-hot')
    const read = () => readRefreshPolicy({ REFRESH_POLICY: 'hot' })
    expect(read).toThrow(invalid)
    expect(read).toThrow('set REFRESH_POLICY to adaptive or always-hot')
  })
})

describe('the clouds', () => {
  test('are a list of those that Microsoft has', () => {
    expect(cloudsOf('commercial, usgov-high')).toEqual(['commercial', 'usgov-high'])
    expect(cloudsOf('usgov-dod,china,')).toEqual(['usgov-dod', 'china'])
  })

  test.each(['public', 'Commercial', 'commercial;china'])('are not %j', (setting) => {
    expect(() => cloudsOf(setting)).toThrow(invalid)
    expect(() => cloudsOf(setting)).toThrow('set CLOUDS to some of commercial, usgov-high')
  })
})
