package bidi

import (
	"net"
	"strconv"
)

// through returns the preferences that send all requests to the HTTP proxy at an address,
// those for the loopback interface included, and none past it.
func through(proxy string) map[string]any {
	host, text, _ := net.SplitHostPort(proxy)
	port, _ := strconv.Atoi(text)
	return map[string]any{
		"network.proxy.type":                                      1,
		"network.proxy.http":                                      host,
		"network.proxy.http_port":                                 port,
		"network.proxy.ssl":                                       host,
		"network.proxy.ssl_port":                                  port,
		"network.proxy.no_proxies_on":                             "",
		"network.proxy.allow_hijacking_localhost":                 true,
		"network.proxy.failover_direct":                           false,
		"network.proxy.allow_bypass":                              false,
		"network.proxy.testing_localhost_is_secure_when_hijacked": true,
	}
}

// quiet are the preferences that have Firefox ask for nothing of its own accord, and keep
// it from changing what it is asked for. None of them is about cookies.
var quiet = map[string]any{
	// What it would say to its makers.
	"datareporting.policy.dataSubmissionEnabled":    false,
	"datareporting.healthreport.uploadEnabled":      false,
	"datareporting.usage.uploadEnabled":             false,
	"toolkit.telemetry.enabled":                     false,
	"toolkit.telemetry.unified":                     false,
	"toolkit.telemetry.server":                      "",
	"toolkit.telemetry.archive.enabled":             false,
	"toolkit.telemetry.newProfilePing.enabled":      false,
	"toolkit.telemetry.firstShutdownPing.enabled":   false,
	"app.normandy.enabled":                          false,
	"app.shield.optoutstudies.enabled":              false,
	"browser.ping-centre.telemetry":                 false,
	"browser.crashReports.unsubmittedCheck.enabled": false,

	// What it would ask of them.
	"app.update.disabledForTesting":                               true,
	"app.update.auto":                                             false,
	"browser.search.update":                                       false,
	"browser.region.network.url":                                  "",
	"browser.region.update.enabled":                               false,
	"extensions.update.enabled":                                   false,
	"extensions.systemAddon.update.enabled":                       false,
	"extensions.getAddons.cache.enabled":                          false,
	"extensions.blocklist.enabled":                                false,
	"media.gmp-manager.updateEnabled":                             false,
	"media.gmp-manager.url":                                       "",
	"services.settings.server":                                    "data:,#remote-settings-dummy/v1",
	"services.settings.poll_interval":                             1 << 30,
	"security.remote_settings.intermediates.enabled":              false,
	"security.remote_settings.crlite_filters.enabled":             false,
	"security.OCSP.enabled":                                       0,
	"browser.safebrowsing.malware.enabled":                        false,
	"browser.safebrowsing.phishing.enabled":                       false,
	"browser.safebrowsing.blockedURIs.enabled":                    false,
	"browser.safebrowsing.downloads.enabled":                      false,
	"browser.safebrowsing.update.enabled":                         false,
	"privacy.query_stripping.enabled":                             false,
	"network.captive-portal-service.enabled":                      false,
	"network.connectivity-service.enabled":                        false,
	"network.trr.mode":                                            5,
	"doh-rollout.enabled":                                         false,
	"network.dns.disablePrefetch":                                 true,
	"network.predictor.enabled":                                   false,
	"network.http.speculative-parallel-limit":                     0,
	"network.http.http3.enable":                                   false,
	"network.notify.checkForNRPT":                                 false,
	"dom.push.enabled":                                            false,
	"browser.newtabpage.enabled":                                  false,
	"browser.newtab.preload":                                      false,
	"browser.startup.page":                                        0,
	"browser.startup.homepage":                                    "about:blank",
	"browser.aboutwelcome.enabled":                                false,
	"browser.topsites.contile.enabled":                            false,
	"browser.newtabpage.activity-stream.feeds.topsites":           false,
	"browser.newtabpage.activity-stream.feeds.section.topstories": false,
	"browser.ml.enable":                                           false,
	"browser.shell.checkDefaultBrowser":                           false,
	"geo.provider.network.url":                                    "",
	"identity.fxaccounts.enabled":                                 false,
	"signon.rememberSignons":                                      false,
	"termsofuse.bypassNotification":                               true,

	// http: stays http:, and every host is asked.
	"dom.security.https_only_mode":                 false,
	"dom.security.https_first":                     false,
	"dom.security.https_first_schemeless":          false,
	"dom.security.https_first_for_local_addresses": false,
	"network.stricttransportsecurity.preloadlist":  false,
	"network.lna.enabled":                          false, // any page may ask a loopback address
	"network.lna.blocking":                         false,
	"dom.navigation.navigationRateLimit.count":     0,
	"dom.confirm_repost.testing.always_accept":     true,
	"security.warn_submit_secure_to_insecure":      false,
	"network.websocket.delay-failed-reconnects":    false,
	"dom.disable_open_during_load":                 false,

	// Few documents and processes outlive their page, and one process has many.
	"fission.autostart":                         false,
	"fission.bfcacheInParent":                   false,
	"browser.sessionhistory.max_total_viewers":  0,
	"browser.sessionstore.interval":             1 << 30,
	"browser.sessionstore.resume_from_crash":    false,
	"browser.cache.disk.enable":                 false,
	"dom.ipc.processPrelaunch.enabled":          false,
	"dom.ipc.processPriorityManager.enabled":    false,
	"browser.tabs.unloadOnLowMemory":            false,
	"browser.pagethumbnails.capturing_disabled": true,
	"browser.warnOnQuit":                        false,
}
