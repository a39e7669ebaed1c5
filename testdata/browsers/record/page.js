// What a document is asked to do. Where that is a navigation, it only starts it.

const go = (url) => { location = url }

const click = (url) => {
  const a = document.createElement('a')
  a.href = url
  document.body.append(a)
  a.click()
}

const submit = (method, url) => {
  const form = document.createElement('form')
  form.method = method
  form.action = url
  document.body.append(form)
  form.submit()
}

const get = (url, options) => fetch(url, options).then(() => 'done', () => 'blocked')

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
const frame = (url, sandbox, html) => {
  inner?.remove()
  inner = document.createElement('iframe')
  if (sandbox !== null) inner.sandbox = sandbox
  if (url === 'about:srcdoc') inner.srcdoc = html
  else inner.src = url
  document.body.append(inner)
}
