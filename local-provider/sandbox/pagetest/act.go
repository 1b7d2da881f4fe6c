package pagetest

import (
	"context"
	"errors"
	"time"

	"github.com/chromedp/chromedp"
)

// The actions of chromedp that look for elements keep a copy of the page, which they read while its events change it. These ask the
// page itself.

// Visible waits until an element can be seen. A page that leads on to another meanwhile is looked at again.
func Visible(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
			var there bool
			err := chromedp.Evaluate(element(selector)+"?.checkVisibility() ?? false", &there).Do(ctx)
			switch {
			case there:
				return nil
			case ctx.Err() != nil:
				return ctx.Err()
			case time.Now().After(end):
				return errors.Join(errors.New(selector+" is not to be seen"), err)
			}
		}
	})
}

// with waits for an element, and does something with it.
func with(selector, what string) chromedp.Tasks {
	return chromedp.Tasks{Visible(selector), chromedp.Evaluate(element(selector)+what, nil)}
}

func element(selector string) string { return "document.querySelector(" + Quoted(selector) + ")" }

// Type types into an element.
func Type(selector, text string) chromedp.Action {
	return append(with(selector, ".focus()"), chromedp.KeyEvent(text))
}

// Click clicks an element.
func Click(selector string) chromedp.Action { return with(selector, ".click()") }

// Set gives an element a value.
func Set(selector, value string) chromedp.Action { return with(selector, ".value = "+Quoted(value)) }

// Text reads what a person can read in an element.
func Text(selector string, into *string) chromedp.Action {
	return chromedp.Evaluate(element(selector)+`?.innerText ?? ""`, into)
}
