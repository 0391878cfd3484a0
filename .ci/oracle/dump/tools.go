package main

import (
	"fmt"
	"os/exec"
	"strings"
)

// Runs one of the node's tools; what it prints beside its output is an error.
func run(stdin string, argv ...string) (string, error) {
	command := exec.Command(argv[0], argv[1:]...)
	command.Stdin = strings.NewReader(stdin)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s\n%s", strings.Join(argv, " "), err, stderr.String(), stdin)
	}
	return string(output), nil
}
