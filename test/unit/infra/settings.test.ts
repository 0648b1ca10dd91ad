import { describe, expect, test } from 'vitest'
import { readServiceSettings, type ServiceSettings } from '../../../infra/settings.ts'

function settingsFrom(context: Readonly<Record<string, unknown>>): ServiceSettings {
  return readServiceSettings((name) => context[name])
}

describe('the settings of a deployment', () => {
  test('have defaults that serve', () => {
    expect(settingsFrom({})).toEqual({
      publicUrl: undefined,
      allowedOrigins: [],
      clouds: ['commercial'],
      shards: 4,
      refreshPolicy: 'adaptive',
      keyRotationDays: 90,
      appCredential: 'secret',
    })
  })

  test('may come from the command line, as strings', () => {
    const context = {
      publicUrl: 'https://connect.example.com',
      allowedOrigins: 'https://a.example.com, https://b.example.com:8443',
      clouds: 'usgov-high,usgov-dod',
      appCredential: 'secret',
      shards: '16',
      refreshPolicy: 'always-hot',
      keyRotationDays: '0',
    }
    expect(settingsFrom(context)).toEqual({
      publicUrl: 'https://connect.example.com',
      allowedOrigins: ['https://a.example.com', 'https://b.example.com:8443'],
      clouds: ['usgov-high', 'usgov-dod'],
      shards: 16,
      refreshPolicy: 'always-hot',
      keyRotationDays: 0,
      appCredential: 'secret',
    })
  })

  test.each([
    'http://connect.example.com',
    'https://connect.example.com/',
    'https://connect.example.com/base',
    'https://CONNECT.example.com',
    'https://user@connect.example.com',
    'connect.example.com',
  ])('refuse the public URL %s, and say what to write', (publicUrl) => {
    expect(() => settingsFrom({ publicUrl })).toThrow(
      `cdk context: publicUrl is "${publicUrl}": write an https origin such as "https://connect.example.com"`,
    )
  })

  test.each([
    'https://app.example.com/',
    'https://app.example.com:443',
    'https://*.example.com',
    'http://app.example.com',
    '*',
    'null',
  ])('refuse the allowed origin %s, and say what to write', (origin) => {
    expect(() => settingsFrom({ allowedOrigins: ['https://good.example.com', origin] })).toThrow(
      `allowedOrigins has "${origin}": write each origin exactly, such as "https://app.example.com"`,
    )
  })

  test('refuse a cloud that does not exist, and name those that do', () => {
    expect(() => settingsFrom({ clouds: ['commercial', 'gcc'] })).toThrow(
      'clouds has "gcc": write one or more of "commercial", "usgov-high", "usgov-dod", "china"',
    )
    expect(() => settingsFrom({ clouds: [] })).toThrow('clouds is empty: write one or more of')
  })

  test('refuse a refresh policy that does not exist, and name those that do', () => {
    expect(() => settingsFrom({ refreshPolicy: 'hot' })).toThrow(
      'refreshPolicy is "hot": write "adaptive" or "always-hot"',
    )
  })

  test.each([0, 65, 1.5, 'many', -1])('refuse %s shards', (shards) => {
    expect(() => settingsFrom({ shards })).toThrow(
      /shards is \S+: write a whole number from 1 to 64/,
    )
  })

  test.each([-1, 1001, 1.5, 'often'])('refuse a rotation of keys every %s days', (days) => {
    expect(() => settingsFrom({ keyRotationDays: days })).toThrow(
      `keyRotationDays is ${Number(days)}: write a whole number of days up to 1000, or 0 for no rotation`,
    )
  })

  test('take an app without credential, in the cloud that knows it', () => {
    expect(settingsFrom({ appCredential: 'federated' }).appCredential).toBe('federated')
    expect(() => settingsFrom({ appCredential: 'federated', clouds: ['china'] })).toThrow(
      'appCredential is "federated", which only the cloud "commercial" takes: write "secret"',
    )
    expect(() => settingsFrom({ appCredential: 'none' })).toThrow(
      'appCredential is "none": write "secret" or "federated"',
    )
  })

  test('name everything that is wrong at once', () => {
    expect(() => settingsFrom({ publicUrl: 'x', allowedOrigins: ['y'], shards: 0 })).toThrow(
      /publicUrl is .+; allowedOrigins has .+; shards is /,
    )
  })
})
