package page_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
)

// fairPages are all pages, by the names of their pictures.
var fairPages = map[string]string{
	"now": "/", "schedule": "/schedule", "etherpads": "/etherpads", "links": "/links", "success": "/success", "signage": "/signage",
	"track": "/track/airship", "mine": "/schedule?mine=airship&mine=barbican", "search": "/?q=team", "missing": "/nowhere",
	"day": "/schedule?day=3",
}

// serve serves a world's pages below the path at which the gateway has them.
func (w *world) serve() string {
	server := httptest.NewServer(http.StripPrefix("/function/ptg", w.mux))
	w.Cleanup(server.Close)
	return server.URL + "/function/ptg"
}

// TestPictures keeps a picture of each page, light and dark, on a desk and in a hand, where HANDSOFF_SCREENSHOTS names a
// folder for them.
func TestPictures(t *testing.T) {
	t.Parallel()
	dir := pagetest.PicturesFolder(t, "ptg")
	w := bare(t)
	w.change(fair)
	pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900}).Pictures(dir, w.serve(), fairPages)
}
