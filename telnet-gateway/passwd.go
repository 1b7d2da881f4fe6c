package main

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/handsoff/handsoff/telnet-gateway/login"
)

// Bounds of a password, in bytes.
const (
	shortestPassword = 8
	longestPassword  = 1024
)

// passwd prints a line for the secret telnet-users.
func passwd(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("telnet-gateway passwd", flag.ContinueOnError)
	flags.SetOutput(stderr)
	piped := flags.Bool("stdin", false, "read the password from the first line of the standard input")
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: telnet-gateway passwd [-stdin] <user>\n\n"+
			"Prints a line user:hash. Put it into the secret telnet-users, in place of the user's old one.\n\n")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() != 1:
		return errors.New("give one user: telnet-gateway passwd [-stdin] <user>")
	}
	user := flags.Arg(0)
	if !login.ValidName(user) {
		return fmt.Errorf("%q cannot be a user's name: it needs a letter, then letters, digits, dot, dash or underscore, all lower case, 32 at most", user)
	}
	ask := askTwice
	if *piped {
		ask = readOnce
	}
	password, err := ask(stdin, stderr)
	if err != nil {
		return err
	}
	if err := acceptable(password); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, "%s:%s\n", user, login.NewHash(password)); err != nil {
		return fmt.Errorf("print the entry: %w", err)
	}
	return nil
}

func readOnce(stdin io.Reader, _ io.Writer) ([]byte, error) {
	line, err := bufio.NewReader(io.LimitReader(stdin, longestPassword+2)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the password: %w", err)
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func askTwice(stdin io.Reader, stderr io.Writer) ([]byte, error) {
	tty, ok := stdin.(*os.File)
	if !ok || !term.IsTerminal(int(tty.Fd())) {
		return nil, errors.New("the standard input is not a terminal; to pipe the password in, use -stdin")
	}
	var answers [2][]byte
	for i, question := range []string{"Password: ", "The same again: "} {
		fmt.Fprint(stderr, question)
		answer, err := term.ReadPassword(int(tty.Fd()))
		fmt.Fprintln(stderr)
		if err != nil {
			return nil, fmt.Errorf("read the password: %w", err)
		}
		answers[i] = answer
	}
	if subtle.ConstantTimeCompare(answers[0], answers[1]) != 1 {
		return nil, errors.New("the two passwords differ; try again")
	}
	return answers[0], nil
}

func acceptable(password []byte) error {
	switch {
	case len(password) < shortestPassword:
		return fmt.Errorf("the password is too short: it needs %d characters", shortestPassword)
	case len(password) > longestPassword:
		return fmt.Errorf("the password is too long: it may have %d bytes", longestPassword)
	case !utf8.Valid(password):
		return errors.New("the password is not UTF-8 text, so it could not be typed over telnet")
	}
	return nil
}
