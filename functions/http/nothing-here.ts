import { ServiceError } from '../domain/service-error.ts'
import type { HttpRequest } from './request.ts'
import { LINK_ROUTE, ROUTES, SIGN_IN_PATH } from './routes.ts'

/** What is at no route: a path that exists under other methods, which the error names, or none. */
export function nothingHere({ rawPath }: HttpRequest): ServiceError {
  const methods = methodsAt(rawPath)
  if (methods.length === 0) {
    return new ServiceError('there is nothing at this path; see /docs for what there is', {
      code: 'not_found',
    })
  }
  const allow = methods.join(', ')
  return new ServiceError(`ask for this path by ${allow}`, {
    code: 'method_not_allowed',
    evidence: { allow },
  })
}

function methodsAt(path: string): readonly string[] {
  const routes: readonly string[] = Object.values(ROUTES).flat()
  const found = routes.filter((route) => patternOf(route).test(path))
  return [...new Set(found.map((route) => route.split(' ')[0] ?? ''))].sort()
}

/** The paths of a route: a variable stands for one segment that is not empty. */
function patternOf(route: string): RegExp {
  // Of the paths that the route of links takes, only one leads anywhere.
  if (route === LINK_ROUTE) return new RegExp(`^${SIGN_IN_PATH}$`, 'i')
  const [, path = ''] = route.split(' ')
  const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${pattern}$`)
}
