package main

import (
	"time"

	"github.com/r3labs/sse/v2"
	"gopkg.in/cenkalti/backoff.v1"
)

// How long to wait before asking again. The library ignores what the server says.
const retry = 3 * time.Second

func subscribeR3labs(url string, isBare bool) {
	client := sse.NewClient(url)
	client.OnConnect(func(*sse.Client) { print(line{Kind: "open"}) })
	client.OnDisconnect(func(*sse.Client) { printError(nil) })
	client.ReconnectNotify = func(err error, _ time.Duration) { printError(err) }
	if !isBare {
		sse.ClientMaxBufferSize(maxEventBytes)(client)
		client.ReconnectStrategy = backoff.NewConstantBackOff(retry)
	}
	for {
		err := client.SubscribeRaw(func(event *sse.Event) {
			printEvent(string(event.Event), string(event.ID), string(event.Data))
		})
		printError(err)
		// A stream that ends is over for good, and so is what failed for a quarter of an hour.
		if isBare {
			return
		}
		time.Sleep(retry)
	}
}
