package gerrit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// ListenerKey begins the keys in which the process that listens to a server keeps how far it has come; state is one of them.
func ListenerKey(server string) string { return job.Prefix + "gerrit:" + server + ":" }

// Listening is how a server is listened to, for people and for the next process that does.
type Listening struct {
	Connected  time.Time // since when; zero while it is not
	Heard      time.Time // the last sign of life, by our clock
	Last       time.Time // the newest event, by the server's clock
	Wrong      string    // why it is not listened to, or not well; empty when all is
	Events     int64     // that were accepted, ever
	Unreadable int64     // lines that were none
}

// ReadListening reads how a server is listened to; the zero Listening when nobody ever did.
func ReadListening(ctx context.Context, rdb redis.UniversalClient, server string) (Listening, error) {
	fields, err := rdb.HGetAll(ctx, ListenerKey(server)+"state").Result()
	if err != nil {
		return Listening{}, fmt.Errorf("how is %s listened to: %w", server, err)
	}
	return Listening{
		Connected: moment(fields["connected"]), Heard: moment(fields["heard"]), Last: moment(fields["last"]), Wrong: fields["wrong"],
		Events: number(fields["events"]), Unreadable: number(fields["unreadable"]),
	}, nil
}

func moment(text string) time.Time {
	if ms := number(text); ms > 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // what is not there is 0
	return n
}
