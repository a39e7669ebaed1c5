// What Firefox is asked to do with all its rights, as WebDriver BiDi has no command for it.

var recorder = (() => {
  const { NavigableManager } = ChromeUtils.importESModule('chrome://remote/content/shared/NavigableManager.sys.mjs')
  const { AppConstants } = ChromeUtils.importESModule('resource://gre/modules/AppConstants.sys.mjs')
  const { STATE_START, STATE_STOP, STATE_IS_NETWORK, LOCATION_CHANGE_ERROR_PAGE } = Ci.nsIWebProgressListener
  const listeners = new Map() // the browser holds them weakly

  // watch has say called with what becomes of a page: that a navigation of one of its
  // frames has started or ended, and where its document is now. WebDriver BiDi has no
  // event for a navigation whose response has no document.
  const watch = (page, say) => {
    const listener = {
      QueryInterface: ChromeUtils.generateQI(['nsIWebProgressListener', 'nsISupportsWeakReference']),
      onStateChange(progress, request, flags, status) {
        if (!(flags & STATE_IS_NETWORK)) return
        const frame = String(progress.browsingContext.id)
        // After any other error comes a page about it.
        const failed = !Components.isSuccessCode(status) && status !== Cr.NS_BINDING_ABORTED
        if (flags & STATE_START) say({ event: 'started', frame })
        if (flags & STATE_STOP) say({ event: failed ? 'failed' : 'ended', frame })
      },
      onLocationChange(progress, request, uri, flags) {
        const error = flags & LOCATION_CHANGE_ERROR_PAGE
        const frame = String(progress.browsingContext.id)
        if (progress.isTopLevel) say({ event: 'location', frame, url: error ? '' : uri.spec })
        if (error) say({ event: 'ended', frame })
      },
    }
    listeners.set(page, listener)
    const browser = NavigableManager.getBrowsingContextById(page).embedderElement
    browser.addProgressListener(listener, Ci.nsIWebProgress.NOTIFY_STATE_NETWORK | Ci.nsIWebProgress.NOTIFY_LOCATION)
  }

  const forget = (page) => { listeners.delete(page) }

  // enter types an address.
  const enter = (page, url) => {
    NavigableManager.getBrowsingContextById(page).loadURI(Services.io.newURI(url), {
      loadFlags: Ci.nsIWebNavigation.LOAD_FLAGS_NONE,
      hasValidUserGestureActivation: true,
      schemelessInput: Ci.nsILoadInfo.SchemelessInputTypeSchemeful,
      triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
    })
  }

  const reload = (page) => {
    NavigableManager.getBrowsingContextById(page).embedderElement.reloadWithFlags(Ci.nsIWebNavigation.LOAD_FLAGS_NONE)
  }

  // clear empties the cookie store of all partitions, and takes back what was permitted:
  // storage access is, by some heuristics.
  const clear = () => {
    Services.cookies.removeAll()
    Services.perms.removeAll()
    except()
  }

  // except excepts trusted.test from the blocking of third-party cookies, and turns tracking
  // protection off at trusting.test.
  const except = () => {
    for (const scheme of ['https', 'http']) {
      const add = (host, type) => Services.perms.addFromPrincipal(
        Services.scriptSecurityManager.createContentPrincipal(Services.io.newURI(`${scheme}://${host}/`), {}), type, Services.perms.ALLOW_ACTION)
      add('trusted.test', 'cookie')
      add('trusting.test', 'trackingprotection')
    }
  }

  const trust = (base64) => {
    Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(base64, 'CTu,CTu,CTu')
  }

  // permit sets the permission for storage access, by the key that Firefox has for it.
  const permit = (embedded, top, granted) => {
    const principal = (url) => Services.scriptSecurityManager.createContentPrincipal(Services.io.newURI(url), {})
    const { ALLOW_ACTION, DENY_ACTION } = Services.perms
    Services.perms.addFromPrincipal(principal(top), '3rdPartyFrameStorage^' + principal(embedded).siteOriginNoSuffix,
      granted ? ALLOW_ACTION : DENY_ACTION)
  }

  // preferences returns all that are about cookies, as text.
  const preferences = () => {
    const all = {}
    for (const name of Services.prefs.getChildList('').sort()) {
      if (!/^(network\.cookie|dom\.(cookie|storage_access)|privacy\.(partition|restrict3rdparty|bounceTracking|firstparty|antitracking|socialtracking\.block))/.test(name) || /\.(hasMigrated|last)/.test(name)) continue
      const value = {
        [Services.prefs.PREF_STRING]: (n) => Services.prefs.getStringPref(n),
        [Services.prefs.PREF_INT]: (n) => Services.prefs.getIntPref(n),
        [Services.prefs.PREF_BOOL]: (n) => Services.prefs.getBoolPref(n),
      }[Services.prefs.getPrefType(name)]
      if (value) all[name] = { value: value(name), ...(Services.prefs.prefHasUserValue(name) ? { changed: true } : {}) }
    }
    return JSON.stringify(all)
  }

  const version = () => AppConstants.MOZ_APP_VERSION_DISPLAY

  return { watch, forget, enter, reload, clear, trust, permit, preferences, version }
})()
