// What a page or a worker is asked to do.

const idle = () => 'done'

const get = (url, options) => fetch(url, options).then(() => 'done', () => 'blocked')

// store calls the Cookie Store API, and tells what came of it and which changes it heard.
let heard = []
let hears = () => {}
const hear = ({changed, deleted}) => {
  heard.push({changed, deleted})
  hears()
}
const store = async (calls, url) => {
  const api = self.cookieStore
  const results = []
  let awaited = 0
  heard = []
  if (api && self.document) api.onchange = hear
  const others = {
    fetch: () => fetch(url, {mode: 'no-cors', credentials: 'include'}).then(() => undefined),
    write: (line) => { document.cookie = line },
    // Several changes may come, a moment apart.
    await: async () => {
      if (heard.length === awaited) await new Promise((done) => {
        hears = done
        setTimeout(done, 700)
      })
      await new Promise((done) => setTimeout(done, 100))
      awaited = heard.length
    },
    subscribe: (...args) => registration.cookies.subscribe(...args),
    unsubscribe: (...args) => registration.cookies.unsubscribe(...args),
    getSubscriptions: () => registration.cookies.getSubscriptions(),
  }
  for (const {method, args} of calls) {
    try {
      if (!others[method] && !api) results.push('none')
      else {
        const value = await (others[method] ? others[method](...(args || [])) : api[method](...(args || [])))
        results.push(JSON.stringify(value) ?? 'undefined')
      }
    } catch (e) {
      results.push(e.name)
    }
  }
  return JSON.stringify({results, heard})
}

// A worker answers on the port that it is given. A service worker may have a listener for changes
// only from its start.
if (!self.document) {
  const answer = async ({data: {name, args}, ports: [port]}) => {
    port.postMessage(await {idle, get, store}[name](...args))
  }
  if (self.SharedWorkerGlobalScope) self.onconnect = ({ports: [port]}) => {
    port.onmessage = (e) => e.data === 'close' ? self.close() : answer(e)
  }
  else self.onmessage = answer
  if (self.ServiceWorkerGlobalScope) self.oncookiechange = hear
}
