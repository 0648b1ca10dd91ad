import { dynamicsConnect } from './dynamics-connect.ts'

// A global, so that the one file serves `<script src>` and `import` alike.
Object.assign(globalThis, { DynamicsConnect: dynamicsConnect(window) })
