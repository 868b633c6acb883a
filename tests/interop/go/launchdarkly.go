package main

import (
	"time"

	"github.com/launchdarkly/eventsource"
)

func subscribeLaunchDarkly(url string, isBare bool) {
	options := []eventsource.StreamOption{
		eventsource.StreamOptionErrorHandler(func(err error) eventsource.StreamErrorHandlerResult {
			printError(err)
			return eventsource.StreamErrorHandlerResult{}
		}),
	}
	if !isBare {
		// Without it, a first attempt that fails is the last one.
		options = append(options, eventsource.StreamOptionCanRetryFirstConnection(-1*time.Second))
	}
	stream, err := eventsource.SubscribeWithURL(url, options...)
	if err != nil {
		return
	}
	print(line{Kind: "open"})
	for event := range stream.Events {
		printEvent(event.Event(), event.Id(), event.Data())
	}
}
