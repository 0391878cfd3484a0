// Command dump has kube-proxy's own code make the rules for many states of clusters, each for itself, in a network namespace of its own:
// states as lines of JSON on standard input, what the tools then show as lines of JSON on standard output.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"

	"k8s.io/klog/v2"
)

type result struct {
	ID    int               `json:"id"`
	Files map[string]string `json:"files,omitempty"`
	// Why the API server would not have such objects.
	Refused []string `json:"refused,omitempty"`
	Errors  []string `json:"errors,omitempty"`
}

// Everything that kube-proxy logs as an error; a rule that could not be set is no more than that.
var logged bytes.Buffer

// What it says of objects that it passes over, and of a configuration that can only be met in part: they are wrong, not its work.
var passedOver = regexp.MustCompile(`^"(--nodeport-addresses includes localhost but|Ignoring invalid endpoint port|Ignoring port with nil name|Service has no healthcheck nodeport|Error getting endpoint slice cache keys)`)

func collectErrors() {
	flags := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL", "skip_headers": "true"} {
		if err := flags.Set(name, value); err != nil {
			panic(err)
		}
	}
	klog.SetOutputBySeverity("INFO", io.Discard)
	klog.SetOutputBySeverity("WARNING", io.Discard)
	klog.SetOutputBySeverity("ERROR", &logged)
}

func dump(line []byte) (out result) {
	var in input
	logged.Reset()
	defer func() {
		if crash := recover(); crash != nil {
			out.Errors = append(out.Errors, fmt.Sprintf("panic: %v", crash))
		}
		klog.Flush()
		for _, text := range strings.Split(strings.TrimSpace(logged.String()), "\n") {
			if text != "" && !passedOver.MatchString(text) {
				out.Errors = append(out.Errors, text)
			}
		}
	}()
	if err := json.Unmarshal(line, &in); err != nil {
		return result{Errors: []string{err.Error()}}
	}
	if reasons := refused(&in); len(reasons) > 0 {
		return result{ID: in.ID, Refused: reasons}
	}
	files, err := filesOf(&in)
	out = result{ID: in.ID, Files: files}
	if err != nil {
		out.Errors = append(out.Errors, err.Error())
	}
	return out
}

func main() {
	root := os.Args[1]
	// The tools are of the same file system as those of a node.
	for _, err := range []error{
		syscall.Mount("/proc", root+"/proc", "", syscall.MS_BIND|syscall.MS_REC, ""),
		syscall.Mount("/dev", root+"/dev", "", syscall.MS_BIND|syscall.MS_REC, ""),
		syscall.Chroot(root), syscall.Chdir("/"),
	} {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	collectErrors()
	reader := bufio.NewReaderSize(os.Stdin, 1<<20)
	writer := json.NewEncoder(os.Stdout)
	writer.SetEscapeHTML(false)
	for {
		line, err := reader.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := writer.Encode(dump(line)); err != nil {
				panic(err)
			}
		}
		if err != nil {
			return
		}
	}
}
