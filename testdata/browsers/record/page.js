// What a document is asked to do. Where that is a navigation, it only starts it.

const go = (url) => { location = url }

const click = (url, target, rel, policy) => {
  const a = document.createElement('a')
  a.href = url
  if (target) a.target = target
  if (rel) a.rel = rel
  if (policy) a.referrerPolicy = policy
  document.body.append(a)
  a.click()
}

const submit = (method, url, target, rel) => {
  const form = document.createElement('form')
  form.method = method
  form.action = url
  if (target) form.target = target
  if (rel) form.rel = rel
  document.body.append(form)
  form.submit()
}

const step = (by) => { history.go(by) }

// popup opens a window. What it shows says when it is there, and does as it is asked.
let opened
const popup = (url, features) => { opened = window.open(url, '_blank', features) }
const popupThat = (url, name, args) => new Promise((done) => {
  addEventListener('message', (e) => {
    if (e.data !== 'ready') return
    e.source.postMessage({name, args}, '*')
    done('done')
  }, {once: true})
  popup(url, '')
})
addEventListener('message', ({data: {name, args}}) => {
  const all = {go, click, submit}
  if (name) all[name](...args)
})
opener?.postMessage('ready', '*')

// element loads a subresource as markup does.
const element = (kind, url, crossorigin, policy) => new Promise((done) => {
  const e = document.createElement(kind === 'style' ? 'link' : kind)
  if (crossorigin !== null) e.crossOrigin = crossorigin
  if (policy) e.referrerPolicy = policy
  e.onload = () => done('done')
  e.onerror = () => done('blocked')
  if (kind === 'style') {
    e.rel = 'stylesheet'
    e.href = url
  } else e.src = url
  document.body.append(e)
})

const prefetch = (url) => {
  const e = document.createElement('link')
  e.rel = 'prefetch'
  e.href = url
  document.head.append(e)
}
const beacon = (url) => { navigator.sendBeacon(url, 'x') }
const eventSource = (url, crossorigin) => new Promise((done) => {
  const e = new EventSource(url, {withCredentials: crossorigin !== null})
  const end = (how) => () => { e.close(); done(how) }
  e.onopen = end('done')
  e.onerror = end('blocked')
}).catch(() => 'blocked')

// worker starts a worker, or calls a function of worker.js in one.
const worker = async (kind, url, name, args) => {
  const {port1, port2} = new MessageChannel()
  const message = {name, args}
  const answer = new Promise((done, fail) => {
    port1.onmessage = (e) => done(e.data)
    setTimeout(() => fail('no answer'), 5000)
  })
  let end
  if (kind === 'dedicated') {
    const w = new Worker(url)
    w.postMessage(message, [port2])
    end = () => w.terminate()
  } else if (kind === 'shared') {
    const w = new SharedWorker(url, String(Math.random()))
    w.port.start()
    w.port.postMessage(message, [port2])
    end = () => w.port.postMessage('close')
  } else {
    const r = await navigator.serviceWorker.register(url)
    const w = r.installing || r.waiting || r.active
    if (w.state !== 'activated') await new Promise((done) => { w.onstatechange = () => w.state === 'activated' && done() })
    w.postMessage(message, [port2])
    end = () => r.unregister()
  }
  try {
    return await answer
  } finally {
    await end()
  }
}
const start = (kind, url) => worker(kind, url, 'idle', []).then(() => 'done', () => 'blocked')
const inWorker = (kind, name, args) => worker(kind, self.origin + '/worker.js', name, args).catch((e) => 'error ' + e)

const askAccess = () => document.requestStorageAccess().then(() => 'granted', () => 'denied')

const socket = (url) => new Promise((done) => {
  const s = new WebSocket(url)
  s.onopen = () => {
    s.onclose = () => done('done')
    s.close()
  }
  s.onerror = () => done('blocked')
}).catch(() => 'blocked')

const cookies = (lines) => {
  try {
    for (const line of lines) document.cookie = line
    return document.cookie
  } catch {
    return null
  }
}

const listed = async () => {
  const all = await cookieStore.getAll()
  return all.map(({name, value}) => name ? `${name}=${value}` : value).join('; ')
}
const list = () => self.cookieStore && listed().catch(() => null)

// frame puts one iframe into the document and has it load url.
let inner
const frame = (url, sandbox, html, credentialless) => {
  inner?.remove()
  inner = document.createElement('iframe')
  if (sandbox !== null) inner.sandbox = sandbox
  if (credentialless) inner.credentialless = true
  if (url === 'data:') inner.src = 'data:text/html,' + encodeURIComponent(html)
  else if (url === 'blob:') inner.src = URL.createObjectURL(new Blob([html], {type: 'text/html'}))
  else if (url === 'about:srcdoc') inner.srcdoc = html
  else inner.src = url
  document.body.append(inner)
}
