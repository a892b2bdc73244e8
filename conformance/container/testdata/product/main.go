// Command product is what the tests put into images: a well-behaved server, and ones that try to harm
// the machine they run on. It is static, so that an image FROM scratch holds it alone.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

var modes = map[string]func(){
	"ok":       serve,
	"crash":    func() { fmt.Println("password=hunter2"); fmt.Println("cannot reach the database"); os.Exit(7) },
	"silent":   func() { time.Sleep(time.Hour) },
	"fork":     fork,
	"sleep":    func() { time.Sleep(time.Hour) },
	"memory":   memory,
	"disk":     disk,
	"log":      flood,
	"stubborn": func() { signal.Ignore(syscall.SIGTERM, syscall.SIGINT); serve() },
	"dial":     serve,
	"store":    store,
	"app":      app,
	"probe":    probe,
}

func main() { modes[os.Args[1]]() }

// serve answers with what it finds around it.
func serve() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "here") })
	http.HandleFunc("/fixtures", func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"participants.json", "population.ndjson"} {
			text, err := os.ReadFile(os.Getenv("SPCONFORM_FIXTURES") + "/" + name)
			fmt.Fprintf(w, "%s %d %v\n", name, len(text), err)
		}
		fmt.Fprintln(w, "write:", os.WriteFile("/spconform/mine", nil, 0o600) != nil)
	})
	http.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		answer, err := (&http.Client{Timeout: 2 * time.Second}).Get(r.URL.Query().Get("url"))
		if err != nil {
			fmt.Fprintln(w, "failed:", err)
			return
		}
		defer answer.Body.Close()
		fmt.Fprintln(w, "status", answer.StatusCode)
	})
	http.HandleFunc("/dial", func(w http.ResponseWriter, r *http.Request) {
		connection, err := net.DialTimeout("tcp", r.URL.Query().Get("to"), 2*time.Second)
		if err != nil {
			fmt.Fprintln(w, "failed:", err)
			return
		}
		_ = connection.Close()
		fmt.Fprintln(w, "connected")
	})
	http.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		text, _ := os.ReadFile("/proc/self/status")
		_, _ = w.Write(text)
		fmt.Fprintln(w, "root writable:", os.WriteFile("/mine", nil, 0o600) == nil)
		fmt.Fprintln(w, "tmp writable:", os.WriteFile("/tmp/mine", nil, 0o600) == nil)
	})
	fmt.Println("listening with", strings.Join(os.Args[1:], " "), os.Getenv("GREETING"))
	if err := http.ListenAndServe(":8080", nil); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// fork makes processes until none more can be made, and goes on trying.
func fork() {
	go func() {
		for {
			child := exec.Command("/proc/self/exe", "sleep")
			child.Env = []string{"GOMAXPROCS=1"}
			_ = child.Start()
			time.Sleep(time.Millisecond)
		}
	}()
	serve()
}

func memory() {
	var held [][]byte
	for {
		piece := make([]byte, 1<<20)
		for at := range piece {
			piece[at] = 1
		}
		held = append(held, piece)
	}
}

// disk writes wherever it can until nothing more fits.
func disk() {
	for _, folder := range []string{"/", "/data", "/tmp"} {
		file, err := os.Create(folder + "/fill")
		if err != nil {
			fmt.Println(folder, "cannot be written to")
			continue
		}
		piece, total := make([]byte, 1<<20), 0
		for err == nil {
			var wrote int
			wrote, err = file.Write(piece)
			total += wrote
		}
		fmt.Println(folder, "full:", errors.Is(err, syscall.ENOSPC), "after MiB", total>>20)
	}
	os.Exit(3)
}

// flood has written more than anybody keeps before it serves, and goes on.
func flood() {
	out := bufio.NewWriter(os.Stdout)
	line := strings.Repeat("flood ", 100) + "\n"
	for range (2 << 20) / len(line) {
		_, _ = out.WriteString(line)
	}
	go func() {
		for {
			_, _ = out.WriteString(line)
		}
	}()
	serve()
}

// store is the smallest database: it says what it was told.
func store() {
	listener, err := net.Listen("tcp", ":9000")
	if err != nil {
		os.Exit(1)
	}
	fmt.Println("store is up", os.WriteFile("/var/lib/store/data", []byte("x"), 0o600))
	for {
		connection, err := listener.Accept()
		if err == nil {
			fmt.Fprintln(connection, "stored")
			_ = connection.Close()
		}
	}
}

// app serves as soon as its store answers.
func app() {
	connection, err := net.DialTimeout("tcp", os.Getenv("STORE"), 5*time.Second)
	if err != nil {
		fmt.Println("no store:", err)
		os.Exit(4)
	}
	said, _ := bufio.NewReader(connection).ReadString('\n')
	fmt.Print("the store says ", said)
	serve()
}

// probe is the health check of a store.
func probe() {
	if _, err := net.DialTimeout("tcp", "127.0.0.1:9000", time.Second); err != nil {
		os.Exit(1)
	}
}
