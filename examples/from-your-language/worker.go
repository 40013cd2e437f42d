// Works while this pod holds the lock, and only then. Standard library only: go run worker.go
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var (
	holdfast = env("HOLDFAST_URL", "http://127.0.0.1:4040")
	lock     = env("LOCK", "reports")
	resource = env("RESOURCE_URL", "http://127.0.0.1:8080/report")
	me       = env("HOSTNAME", "worker")
	steps    = 0
)

// state is what the sidecar says of the lock.
type state struct {
	Held         bool  `json:"held"`
	FencingToken int64 `json:"fencingToken"`
	ValidForMs   int64 `json:"validForMs"`
}

func main() {
	for {
		log.Printf("no events: %v", follow())
		time.Sleep(time.Second)
	}
}

// follow works while the events say so. A stream that ends says stop.
func follow() error {
	stream, err := http.Get(holdfast + "/v1/locks/" + lock + "/events")
	if err != nil {
		return err
	}
	defer stream.Body.Close()
	stop := func() {}
	defer func() { stop() }()
	event := ""
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
		case "event":
			event = value
		case "data":
			var now state
			if err := json.Unmarshal([]byte(value), &now); err != nil {
				return err
			}
			stop()
			stop = func() {}
			if now.Held && event != "at-risk" {
				stop = start(work)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.EOF
}

// start runs a task; stop cancels it, and returns when it has ended.
func start(task func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		task(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

func work(ctx context.Context) {
	for ctx.Err() == nil {
		if err := step(ctx); err != nil {
			log.Printf("step %d failed: %v", steps, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func step(ctx context.Context) error {
	asked := time.Now() // before asking: no delay on the way can make the lock look held for longer
	now, err := ask(ctx)
	if err != nil || !now.Held {
		return err
	}
	ctx, cancel := context.WithDeadline(ctx, asked.Add(time.Duration(now.ValidForMs)*time.Millisecond))
	defer cancel()
	steps++
	if err := write(ctx, now.FencingToken, fmt.Sprintf("%s %d", me, steps)); err != nil {
		return err
	}
	fmt.Printf("step %d with token %d\n", steps, now.FencingToken)
	return nil
}

func ask(ctx context.Context) (state, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var now state
	answer, err := do(ctx, http.MethodGet, holdfast+"/v1/locks/"+lock, "", nil)
	if err != nil {
		return now, err
	}
	defer answer.Body.Close()
	return now, json.NewDecoder(answer.Body).Decode(&now)
}

// write is the guarded action, whatever yours is: it is given up in time, and the resource gets the token.
func write(ctx context.Context, token int64, text string) error {
	header := http.Header{"Fencing-Token": {strconv.FormatInt(token, 10)}}
	answer, err := do(ctx, http.MethodPut, resource, text, header)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

func do(ctx context.Context, method, url, body string, header http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if header != nil {
		request.Header = header
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		answer.Body.Close()
		return nil, fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return answer, nil
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
