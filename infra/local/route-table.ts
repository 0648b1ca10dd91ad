/** The route keys of each function, as in `functions/http/routes.ts`. */
export type RouteTable = Readonly<Record<string, readonly string[]>>

/** The route that serves a request. */
export interface RouteMatch {
  readonly functionName: string
  readonly routeKey: string
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Route {
  readonly functionName: string
  readonly routeKey: string
  readonly method: string
  readonly segments: readonly string[]
}

const DEFAULT_ROUTE = '$default'

/**
 * Finds the route of a request by the rules of an API Gateway HTTP API: letter case counts, a variable
 * stands for one segment that is not empty, the more exact route wins, `$default` takes the rest.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouteTable(
  table: RouteTable,
): (method: string, path: string) => RouteMatch | undefined {
  const all = Object.entries(table).flatMap(([functionName, routeKeys]) =>
    routeKeys.map((routeKey) => parseRoute(functionName, routeKey)),
  )
  const fallback = all.find(({ routeKey }) => routeKey === DEFAULT_ROUTE)
  const routes = all.filter((route) => route !== fallback).sort(moreExactFirst)
  return (method, path) => {
    const segments = path.split('/')
    const route =
      routes.find((each) => each.method === method && matches(each.segments, segments)) ?? fallback
    return route && matchOf(route, segments)
  }
}

function parseRoute(functionName: string, routeKey: string): Route {
  const [method = '', path = ''] = routeKey.split(' ')
  return { functionName, routeKey, method, segments: path.split('/') }
}

/** By the first segment in which one of the two is exact and the other is not. */
function moreExactFirst(one: Route, other: Route): number {
  const differing = one.segments.findIndex(
    (segment, index) => isVariable(segment) !== isVariable(other.segments[index] ?? ''),
  )
  if (differing === -1) return 0
  return isVariable(one.segments[differing] ?? '') ? 1 : -1
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) =>
      isVariable(part) ? segments[index] !== '' : part === segments[index],
    )
  )
}

function matchOf({ functionName, routeKey, segments: pattern }: Route, segments: string[]) {
  const variables = pattern.flatMap((part, index) =>
    isVariable(part) ? [[part.slice(1, -1), decode(segments[index] ?? '')]] : [],
  )
  return { functionName, routeKey, pathParameters: Object.fromEntries(variables) }
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{')
}

/** Percent-decodes; what cannot be decoded stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
