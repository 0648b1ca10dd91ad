import dns from 'node:dns'

/**
 * Every name under `localhost` is this machine (RFC 6761 §6.3), as browsers and curl know. Node asks the
 * system's resolver, which may not.
 */
const { lookup } = dns
const underLocalhost = (name: string): string => (name.endsWith('.localhost') ? 'localhost' : name)

dns.lookup = Object.assign(
  (name: string, ...rest: unknown[]) => Reflect.apply(lookup, dns, [underLocalhost(name), ...rest]),
  lookup,
)
