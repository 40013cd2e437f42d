// Works on one order; on each order only one at a time, in all pods together: go run keyed.go ORDER [STEPS]
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

var (
	holdfast = env("HOLDFAST_URL", "http://127.0.0.1:4040")
	lock     = env("LOCK", "orders")
	resource = env("RESOURCE_URL", "http://127.0.0.1:8080/order")
	me       = env("HOSTNAME", "worker")
)

// lease is what the sidecar says of a key that is held.
type lease struct {
	ID           string `json:"leaseId"`
	FencingToken int64  `json:"fencingToken"`
	ValidForMs   int64  `json:"validForMs"`
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: keyed ORDER [STEPS]")
	}
	steps := 3
	if len(os.Args) > 2 {
		steps, _ = strconv.Atoi(os.Args[2])
	}
	if err := work(os.Args[1], steps); err != nil {
		log.Fatalf("stopped: %v", err)
	}
}

func work(order string, steps int) error {
	// Held for as long as this stream is open: when this process ends, however it does, the key is released at once.
	path := "/v1/locks/" + lock + "/keys/" + url.PathEscape(order) + "/hold?wait=60s"
	stream, err := do(context.Background(), http.MethodGet, holdfast+path, "", nil)
	if err != nil {
		return err
	}
	defer stream.Body.Close()
	id, err := acquired(stream)
	if err != nil {
		return err
	}
	for n := 1; n <= steps; n++ {
		if err := step(id, order, n); err != nil {
			return err
		}
		time.Sleep(time.Second)
	}
	return nil
}

// acquired reads the first event.
func acquired(stream *http.Response) (string, error) {
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			var held lease
			err := json.Unmarshal([]byte(data), &held)
			return held.ID, err
		}
	}
	return "", errors.Join(errors.New("the stream ended before the key was held"), lines.Err())
}

func step(id, order string, n int) error {
	asked := time.Now() // before asking: no delay on the way can make the key look held for longer
	now, err := ask(id)
	if err != nil {
		return err
	}
	until := asked.Add(time.Duration(now.ValidForMs) * time.Millisecond)
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	if err := write(ctx, now.FencingToken, fmt.Sprintf("%s %d", me, n)); err != nil {
		return err
	}
	fmt.Printf("step %d of %s with token %d\n", n, order, now.FencingToken)
	return nil
}

// ask fails, with 410 Gone, if the key is lost.
func ask(id string) (lease, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var now lease
	answer, err := do(ctx, http.MethodGet, holdfast+"/v1/leases/"+id, "", nil)
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
