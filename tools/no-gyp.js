// What .npmrc has npm run in place of node-gyp.
