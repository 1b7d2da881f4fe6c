package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
)

// client sends mail. Each has a connection of its own: mails are few, and far between.
type client struct {
	*gomail.Client

	from *mail.Address
}

// send hands a mail to the server. How the connection ends afterwards is of no matter: the mail is taken.
func (c *client) send(ctx context.Context, m *letter) error {
	message := gomail.NewMsg()
	message.FromMailAddress(c.from)
	if err := message.To(m.to); err != nil {
		return fmt.Errorf("mail to %s: %w", m.to, err)
	}
	message.Subject(m.subject)
	message.SetDateWithValue(m.at)
	message.SetMessageIDWithValue(m.id)
	message.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.about+">")
	message.SetGenHeader(gomail.HeaderReferences, "<"+m.about+">")
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation answers
	message.SetBodyString(gomail.TypeTextPlain, m.text)
	connection, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err // judged by faultOf
	}
	defer func() { _ = c.CloseWithSMTPClient(connection) }()
	return c.SendWithSMTPClient(connection, message) // judged by faultOf
}

// fault is what an error means for a mail.
type fault int

const (
	fine     fault = iota
	passing        // it may be taken later
	unwanted       // it will never be
	refused        // our account is not let in, or may not send
)

// faultOf reads the server's code: RFC 5321 §4.2.1 says that one that begins with 4 passes and one with 5 stays; RFC 4954 has those of
// logging in.
func faultOf(err error) fault {
	if err == nil {
		return fine
	}
	code := 0
	if answered, ok := errors.AsType[*textproto.Error](err); ok {
		code = answered.Code
	}
	if sending, ok := errors.AsType[*gomail.SendError](err); ok {
		code = sending.ErrorCode()
	}
	switch {
	case code == 530 || code == 534 || code == 535 || code == 538:
		return refused
	case code >= 500:
		return unwanted
	}
	return passing
}
