import { startMockOauth2Server } from './servers/mock-oauth2-server.ts'
import { signInJourney } from './support/sign-in-journey.ts'

signInJourney('mock-oauth2-server', startMockOauth2Server)
