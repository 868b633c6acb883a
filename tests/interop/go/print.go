package main

import (
	"encoding/json"
	"os"
	"sync"
)

// One line of output: open, event, error or end.
type line struct {
	Kind    string  `json:"kind"`
	Type    string  `json:"type,omitempty"`
	ID      *string `json:"id,omitempty"`
	Data    *string `json:"data,omitempty"`
	Message string  `json:"message,omitempty"`
}

var (
	printing sync.Mutex
	output   = json.NewEncoder(os.Stdout)
)

func print(it line) {
	printing.Lock()
	defer printing.Unlock()
	if err := output.Encode(it); err != nil {
		panic(err)
	}
}

func printEvent(kind, id, data string) {
	if kind == "" {
		kind = "message"
	}
	print(line{Kind: "event", Type: kind, ID: &id, Data: &data})
}

func printError(err error) {
	message := "ended"
	if err != nil {
		message = err.Error()
	}
	print(line{Kind: "error", Message: message})
}
