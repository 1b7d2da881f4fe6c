package remote

import (
	"context"
	"strconv"
	"time"
)

// QueueItem is a build that Jenkins has not started yet, or has just let out of its queue. Jenkins forgets it five minutes
// after that.
type QueueItem struct {
	Class     string  `json:"_class"`
	ID        int64   `json:"id"`
	Why       string  `json:"why"` // what it waits for, in Jenkins' words
	Since     int64   `json:"inQueueSince"`
	Cancelled bool    `json:"cancelled"`
	Stuck     bool    `json:"stuck"`
	Actions   Actions `json:"actions"`
	Task      struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"task"`
	Executable *struct {
		Number int64  `json:"number"`
		URL    string `json:"url"`
	} `json:"executable"`
}

// Job is the full name of the job that waits.
func (q *QueueItem) Job() string { return nameOf(q.Task.URL) }

// Waited is for how long it has been in the queue.
func (q *QueueItem) Waited(now time.Time) time.Duration { return now.Sub(time.UnixMilli(q.Since)) }

const queueFields = "id,why,inQueueSince,stuck,task[name,url]," + actionFields

// Queue lists what waits. Jenkins puts what it means to build first at the end.
func (c *Client) Queue(ctx context.Context) ([]QueueItem, time.Time, error) {
	var queue struct {
		Items []QueueItem `json:"items"`
	}
	got, err := c.read(ctx, ask{
		doing: "reading its queue", path: "/queue", query: map[string]string{"tree": "items[" + queueFields + "]"},
	}, &queue)
	if err != nil {
		return nil, time.Time{}, err
	}
	return queue.Items, got.now(), nil
}

// QueueItem reads one item, also for five minutes after it left the queue. A NotFound error says that it left longer ago.
func (c *Client) QueueItem(ctx context.Context, id int64) (*QueueItem, error) {
	var item QueueItem
	_, err := c.read(ctx, ask{
		doing: "reading queue item " + strconv.FormatInt(id, 10), path: queueItemPath(id),
		query: map[string]string{"tree": queueFields + ",cancelled,executable[number,url]"},
	}, &item)
	if err != nil {
		return nil, err
	}
	return &item, nil
}

func queueItemPath(id int64) string { return "/queue/item/" + strconv.FormatInt(id, 10) }

// Position is an item's place in the queue, 1 for the next one, and the queue's length; 0 when it is not there.
func (c *Client) Position(ctx context.Context, id int64) (place, length int, err error) {
	var queue struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	_, err = c.read(ctx, ask{doing: "reading its queue", path: "/queue", query: map[string]string{"tree": "items[id]"}}, &queue)
	if err != nil {
		return 0, 0, err
	}
	for i, item := range queue.Items {
		if item.ID == id {
			return len(queue.Items) - i, len(queue.Items), nil
		}
	}
	return 0, len(queue.Items), nil
}
