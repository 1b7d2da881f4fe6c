package gate

import (
	"io/fs"
	"net/http"
	"path"
)

// folder is where a stand-in has the files of its pages.
const folder = "page"

// kinds are what a browser loads besides a page.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// Assets serves the styles and the scripts of the folder page by the pattern's {name}. Pages are not among them.
func Assets(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.PathValue("name"))
		serveFile(w, r, files, name, kinds[path.Ext(name)])
	})
}

// Page serves one page of the folder page, at whatever address.
func Page(files fs.FS, name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveFile(w, r, files, name, "text/html; charset=utf-8")
	})
}

func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name, kind string) {
	text, err := fs.ReadFile(files, path.Join(folder, name))
	if err != nil || kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text) //nolint:gosec // the file is one of ours; fails only when the client has gone
}
