// Subscribes with one library, and prints what it hears: drivers <library> <url> [bare]
package main

import "os"

// A subscription ends only if its library gives up.
var libraries = map[string]func(url string, isBare bool){
	"go-sse":                   subscribeGoSSE,
	"launchdarkly-eventsource": subscribeLaunchDarkly,
	"r3labs-sse":               subscribeR3labs,
}

func main() {
	subscribe := libraries[os.Args[1]]
	subscribe(os.Args[2], len(os.Args) > 3 && os.Args[3] == "bare")
	print(line{Kind: "end"})
}
