package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// The time-outs of a server of ours. A request is at most a few megabytes; population files are loaded
// through the management listener, which therefore bounds only the header.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = time.Minute
	writeTimeout      = time.Minute
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 10 * time.Second
	maxHeaderBytes    = 64 << 10
)

// listen binds the address that a flag names.
func listen(flag, addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, couldNotRun("%v: name a free address with %s", err, flag)
	}
	return listener, nil
}

// urlOf is the URL at which this machine reaches a listener.
func urlOf(listener net.Listener) string {
	at := listener.Addr().(*net.TCPAddr)
	host := at.IP.String()
	if at.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	_, port, _ := net.SplitHostPort(at.String())
	return "http://" + net.JoinHostPort(host, port)
}

// endpoint is a handler on a listener. Trusted ones may take as long as they like over a body.
type endpoint struct {
	listener net.Listener
	handler  http.Handler
	trusted  bool
}

func (e endpoint) server() *http.Server {
	server := &http.Server{
		Handler: e.handler, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
	}
	if !e.trusted {
		server.ReadTimeout, server.WriteTimeout = readTimeout, writeTimeout
	}
	return server
}

// serveUntil serves all endpoints until ctx ends or one of them fails, then lets the requests that are
// under way finish.
func serveUntil(ctx context.Context, endpoints ...endpoint) error {
	failed := make(chan error, len(endpoints))
	servers := make([]*http.Server, len(endpoints))
	for i, one := range endpoints {
		servers[i] = one.server()
		go func() { failed <- servers[i].Serve(one.listener) }()
	}
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-failed:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(ending); err != nil {
			failure = errors.Join(failure, err, server.Close())
		}
	}
	return failure
}
