package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
)

// TestLoggingInInABrowser with Slack and with GitHub, by their pages: who agrees is in and where they were, is told who they are, and
// gets out again; who does not agree stays outside.
func TestLoggingInInABrowser(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	h := bare(t, providersOf(t)...)
	tab.Accessible(h.base() + "login")
	tab.Until(`["Slack", "GitHub"].every(name => [...document.querySelectorAll(".door a")].some(a => a.textContent.includes("Log in with " + name)))`)
	for _, with := range []struct{ title, person, principal string }{
		{"Slack", "Ann", "slack:U0ANN"},
		{"GitHub", "ann", "github:583231"},
	} {
		tab.Do(chromedp.Navigate(h.base()+"statistics"), pagetest.Visible(".door"))
		tab.Follow("a", "Log in with "+with.title)
		tab.Sees("h1", with.title)
		var door bool // of the sandbox, which asks who plays
		tab.Do(chromedp.Evaluate(`Boolean(document.querySelector("input[name=token]"))`, &door))
		if door {
			tab.Do(pagetest.Type(`input[name=token]`, sandboxToken))
			tab.Follow("button", "Come in")
		}
		tab.Follow("a", "Cancel")
		tab.Sees("h1", "You are not logged in")
		tab.Sees("[role=alert]", "You did not agree to it there")
		tab.Do(chromedp.Navigate(h.base()+"statistics"), pagetest.Visible(".door"))
		tab.Follow("a", "Log in with "+with.title)
		tab.Follow("a", "Continue as "+with.person)
		tab.Until(`location.pathname.endsWith("/function/dashboard/statistics")`)
		tab.Sees("main", with.principal)
		tab.Do(chromedp.Navigate(h.base()+"login"), pagetest.Visible(".door"))
		tab.Sees("h1", "You are logged in")
		tab.Sees(".door", with.principal)
		tab.Follow(".door button", "Log out")
		tab.Sees("h1", "Log in")
		tab.Do(chromedp.Navigate(h.base()+"statistics"), pagetest.Visible(".door"))
		tab.Sees("h1", "Log in")
	}
}
