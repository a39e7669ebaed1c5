package main

import "strings"

// flags make Chromium quick, and leave its cookies as they are.
var flags = []string{
	"--disable-auto-reload",

	// The servers' certificate is our own; see newTab for how they are reached.
	"--ignore-certificate-errors",

	// There are many navigations in pages that nobody looks at, in few processes.
	"--disable-ipc-flooding-protection", "--disable-renderer-backgrounding",
	"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
	"--disable-site-isolation-trials", "--renderer-process-limit=1",

	"--disable-features=" + strings.Join([]string{
		"HttpsUpgrades", "HttpsFirstBalancedMode", "HttpsFirstBalancedModeAutoEnable", // http: stays http:
		"HttpsFirstModeIncognito", "HttpsFirstModeV2ForEngagedSites", "HttpsFirstModeV2ForTypicallySecureUsers",
		"LocalNetworkAccessChecks",                                             // any page may ask a loopback address
		"IsolateOrigins", "site-per-process", "SpareRendererForSitePerProcess", // few processes
		"BackForwardCache", "RenderDocument", // few frames
		"OptimizationHints", "MediaRouter", "Translate",
	}, ","),
}
