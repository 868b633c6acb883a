package main

import (
	"net/http"
	"time"

	"github.com/tmaxmax/go-sse"
)

// The longest event that is accepted, in bytes. Without it the library gives up at 64 KiB.
const maxEventBytes = 1 << 20

func subscribeGoSSE(url string, isBare bool) {
	request, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		panic(err)
	}
	client := *sse.DefaultClient
	validate := client.ResponseValidator
	client.ResponseValidator = func(response *http.Response) error {
		if err := validate(response); err != nil {
			return err
		}
		print(line{Kind: "open"})
		return nil
	}
	client.OnRetry = func(err error, _ time.Duration) { printError(err) }
	connection := client.NewConnection(request)
	if !isBare {
		connection.Buffer(nil, maxEventBytes)
	}
	connection.SubscribeToAll(func(event sse.Event) {
		printEvent(event.Type, event.LastEventID, event.Data)
	})
	printError(connection.Connect())
}
